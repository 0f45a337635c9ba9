package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Provider;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.Test;

/** MINA keeps the providers that it once has, so what a service gives it shows in a JVM that did nothing before. */
class Ed25519ProviderTest {

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
            origins.forEach((what, provider) ->
                    System.out.println(what + ": " + provider.getClass().getName()));
        }
    }

    @Test
    void onlyEd25519IsBouncyCastles() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Fresh.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(Arrays.asList(said.strip().split("\n", -1)))
                .containsExactly(
                        "Signature Ed25519: " + Ed25519Provider.class.getName(),
                        "KeyFactory Ed25519: " + Ed25519Provider.class.getName(),
                        "KeyFactory EC: sun.security.ec.SunEC",
                        "KeyAgreement X25519: sun.security.ec.SunEC",
                        "MessageDigest SHA-256: sun.security.provider.Sun");
    }
}
