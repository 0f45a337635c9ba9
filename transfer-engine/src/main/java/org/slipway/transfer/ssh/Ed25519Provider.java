package org.slipway.transfer.ssh;

import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Signature;
import java.util.List;
import org.apache.sshd.common.util.security.SecurityProviderChoice;
import org.apache.sshd.common.util.security.SecurityProviderRegistrar;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.common.util.security.bouncycastle.BouncyCastleSecurityProviderRegistrar;

/**
 * Bouncy Castle's Ed25519 and nothing else of it. MINA knows Ed25519 keys only by Bouncy Castle, and once that is there it
 * takes all else from it too, which loads a class for each of its families of algorithms: 4 MiB in a service, for what the
 * JDK does as well and faster.
 */
final class Ed25519Provider extends Provider {
    private static final long serialVersionUID = 1;
    private static final String ALGORITHM = "Ed25519";
    private static final List<Class<?>> SERVICES = List.of(KeyFactory.class, KeyPairGenerator.class, Signature.class);

    private Ed25519Provider(String name) {
        super(name, "1", "Ed25519 of Bouncy Castle");
        for (Class<?> service : SERVICES) {
            String type = service.getSimpleName();
            put(
                    type + "." + ALGORITHM,
                    "org.bouncycastle.jcajce.provider.asymmetric.edec." + type + "Spi$" + ALGORITHM);
        }
    }

    /** Tells MINA, once for this JVM and before any of it is used; later it keeps what it has. */
    static void install() {
        SecurityUtils.registerSecurityProvider(new Registrar());
        // Asked for it, MINA makes Bouncy Castle its default; without a default it asks the JDK.
        if (SecurityUtils.isBouncyCastleRegistered()) {
            SecurityUtils.setDefaultProviderChoice(SecurityProviderChoice.EMPTY);
        }
    }

    private static final class Registrar extends BouncyCastleSecurityProviderRegistrar {
        @Override
        public Provider getSecurityProvider() {
            return new Ed25519Provider(getProviderName());
        }

        @Override
        public String getDefaultSecurityEntitySupportValue(Class<?> type) {
            return SERVICES.contains(type) ? ALGORITHM : SecurityProviderRegistrar.NO_OPTIONS_VALUE;
        }
    }
}
