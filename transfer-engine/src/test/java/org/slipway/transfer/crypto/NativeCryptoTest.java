package org.slipway.transfer.crypto;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.transfer.FreshJvm;
import org.slipway.transfer.NativeLibrary;

class NativeCryptoTest {
    private static final int LENGTH_BYTES = 4;
    private static final int TAG_BYTES = 16;
    private static final int VECTOR_BYTES = 12;

    private final Random random = new Random(1);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 32_768, 100_001})
    void hashesLikeTheJdk(int size) throws Exception {
        NativeLibrary.require();
        byte[] content = random(size);
        MessageDigest ours = NativeCrypto.sha256();
        ours.update(content, 0, size / 3);
        ours.update(content, size / 3, size - size / 3);

        assertThat(ours.getProvider()).isSameAs(NativeCrypto.provider());
        assertThat(ours.digest()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
    }

    /** As MINA does it: packet by packet in place, each with a vector of its own, its length authenticated and not encrypted. */
    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void encryptsAndDecryptsLikeTheJdk(int keyBytes) throws Exception {
        SecretKeySpec key = new SecretKeySpec(random(keyBytes), "AES");
        Cipher ours = ours();
        Cipher back = ours();
        Cipher jdks = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        for (int size : new int[] {16, 32, 48, 1024, 32_768, 131_072}) {
            GCMParameterSpec vector = vector();
            byte[] plain = random(LENGTH_BYTES + size + TAG_BYTES);
            byte[] packet = plain.clone();
            byte[] expected = plain.clone();

            crypt(ours, Cipher.ENCRYPT_MODE, key, vector, packet, size);
            crypt(jdks, Cipher.ENCRYPT_MODE, key, vector, expected, size);
            assertThat(packet).isEqualTo(expected);

            crypt(back, Cipher.DECRYPT_MODE, key, vector, packet, size + TAG_BYTES);
            assertThat(Arrays.copyOf(packet, LENGTH_BYTES + size)).isEqualTo(Arrays.copyOf(plain, LENGTH_BYTES + size));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, LENGTH_BYTES, LENGTH_BYTES + 63, LENGTH_BYTES + 64 + TAG_BYTES - 1})
    void refusesAPacketInWhichOneBitIsWrong(int at) throws Exception {
        SecretKeySpec key = new SecretKeySpec(random(16), "AES");
        GCMParameterSpec vector = vector();
        byte[] packet = random(LENGTH_BYTES + 64 + TAG_BYTES);
        crypt(ours(), Cipher.ENCRYPT_MODE, key, vector, packet, 64);
        packet[at] ^= 1;

        assertThatThrownBy(() -> crypt(ours(), Cipher.DECRYPT_MODE, key, vector, packet, 64 + TAG_BYTES))
                .isInstanceOf(AEADBadTagException.class);
    }

    /** What a process does that cannot unpack the library. */
    static final class Without {
        private Without() {}

        public static void main(String[] arguments) {
            String name = NativeCrypto.sha256().getProvider().getName();
            System.out.println("Hashed by " + name + ", provider " + NativeCrypto.provider());
        }
    }

    @Test
    void takesTheJdksAndSaysSoWhereTheLibraryCannotBeLoaded(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("no-directory");

        assertThat(FreshJvm.runWithoutNativeCode(Without.class, file))
                .contains("Hashed by SUN, provider null\n")
                .contains("the native library for AES, SHA-256 and HMAC cannot be loaded")
                .contains("It is unpacked into " + file);
    }

    private static Cipher ours() throws GeneralSecurityException {
        NativeLibrary.require();
        return Cipher.getInstance("AES/GCM/NoPadding", requireNonNull(NativeCrypto.provider()));
    }

    private static void crypt(
            Cipher cipher, int mode, SecretKeySpec key, GCMParameterSpec vector, byte[] packet, int bytes)
            throws GeneralSecurityException {
        cipher.init(mode, key, vector);
        cipher.updateAAD(packet, 0, LENGTH_BYTES);
        cipher.doFinal(packet, LENGTH_BYTES, bytes, packet, LENGTH_BYTES);
    }

    private GCMParameterSpec vector() {
        return new GCMParameterSpec(TAG_BYTES * Byte.SIZE, random(VECTOR_BYTES));
    }

    private byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        this.random.nextBytes(random);
        return random;
    }
}
