package org.slipway.transfer.ssh;

import java.security.Provider;
import java.util.Set;
import javax.crypto.Mac;
import org.apache.sshd.common.util.security.AbstractSecurityProviderRegistrar;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.slipway.transfer.crypto.NativeCrypto;

/** Has MINA take the codes of sessions without AES-GCM from {@link NativeCrypto}, and all else from where it took it before. */
final class NativeMacs extends AbstractSecurityProviderRegistrar {
    private static final Set<String> NAMES = Set.of("HmacSHA256", "HmacSHA512");

    private final Provider provider;

    private NativeMacs(Provider provider) {
        super(provider.getName());
        this.provider = provider;
    }

    /** Once for this JVM, and before MINA looks for what there is: it asks the first that knows a name. */
    static void install() {
        Provider provider = NativeCrypto.provider();
        if (provider != null) {
            SecurityUtils.registerSecurityProvider(new NativeMacs(provider));
        }
    }

    @Override
    public boolean isSupported() {
        return true;
    }

    @Override
    public boolean isNamedProviderUsed() {
        return false;
    }

    @Override
    public Provider getSecurityProvider() {
        return provider;
    }

    @Override
    public boolean isSecurityEntitySupported(Class<?> type, String name) {
        return type == Mac.class && NAMES.contains(name);
    }
}
