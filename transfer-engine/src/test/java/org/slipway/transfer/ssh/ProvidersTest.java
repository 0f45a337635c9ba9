package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.security.Provider;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.Test;
import org.slipway.transfer.FreshJvm;
import org.slipway.transfer.crypto.NativeCrypto;

/** MINA keeps the providers that it once has, so what a service gives it shows in a JVM that did nothing before. */
class ProvidersTest {

    /** Prints where each comes from, after the pool and nothing else. */
    static final class Fresh {
        private Fresh() {}

        public static void main(String[] arguments) throws Exception {
            MethodHandles.lookup().ensureInitialized(SessionPool.class);
            Map<String, Provider> origins = new LinkedHashMap<>();
            origins.put(
                    "Signature Ed25519", SecurityUtils.getSignature("Ed25519").getProvider());
            origins.put(
                    "KeyFactory Ed25519", SecurityUtils.getKeyFactory("Ed25519").getProvider());
            origins.put("KeyFactory EC", SecurityUtils.getKeyFactory("EC").getProvider());
            origins.put(
                    "KeyAgreement X25519",
                    SecurityUtils.getKeyAgreement("X25519").getProvider());
            origins.put(
                    "MessageDigest SHA-256",
                    SecurityUtils.getMessageDigest("SHA-256").getProvider());
            origins.put("Mac", SecurityUtils.getMac("HmacSHA256").getProvider());
            origins.put("Cipher", SecurityUtils.getCipher("AES/CTR/NoPadding").getProvider());
            origins.forEach((what, provider) ->
                    System.out.println(what + ": " + provider.getClass().getName()));
        }
    }

    @Test
    void onlyEd25519IsBouncyCastlesAndOnlyCodesAreNative() throws Exception {
        Provider nativeCode = NativeCrypto.provider();

        String said = FreshJvm.run(Fresh.class);

        assertThat(Arrays.asList(said.strip().split("\n", -1)))
                .containsExactly(
                        "Signature Ed25519: " + Ed25519Provider.class.getName(),
                        "KeyFactory Ed25519: " + Ed25519Provider.class.getName(),
                        "KeyFactory EC: sun.security.ec.SunEC",
                        "KeyAgreement X25519: sun.security.ec.SunEC",
                        "MessageDigest SHA-256: sun.security.provider.Sun",
                        "Mac: "
                                + (nativeCode == null
                                        ? "com.sun.crypto.provider.SunJCE"
                                        : nativeCode.getClass().getName()),
                        "Cipher: com.sun.crypto.provider.SunJCE");
    }
}
