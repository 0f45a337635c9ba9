package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.Random;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.transfer.NativeLibrary;

class AesGcmTest {
    private static final int LENGTH_BYTES = 4;

    /** MINA keeps the providers that it has when it is first used; the pool gives it others. */
    @BeforeAll
    static void giveMinaItsProviders() throws Exception {
        NativeLibrary.require();
        MethodHandles.lookup().ensureInitialized(SessionPool.class);
    }

    /** MINA counts a packet's vector up from the one before it, so each further packet tells whether that goes on alike. */
    @ParameterizedTest
    @EnumSource(names = {"aes128gcm", "aes256gcm"})
    void saysTheSameAsMinasOwn(BuiltinCiphers builtin) throws Exception {
        Random random = new Random(1);
        byte[] key = bytes(random, builtin.getKdfSize());
        byte[] iv = bytes(random, builtin.getIVSize());
        Cipher ours = AesGcm.of(builtin).create();
        Cipher minas = builtin.create();
        Cipher back = AesGcm.of(builtin).create();
        ours.init(Cipher.Mode.Encrypt, key.clone(), iv.clone());
        minas.init(Cipher.Mode.Encrypt, key.clone(), iv.clone());
        back.init(Cipher.Mode.Decrypt, key.clone(), iv.clone());

        assertThat(ours).isInstanceOf(AesGcm.class);
        assertThat(AesGcm.of(builtin).getName()).isEqualTo(builtin.getName());
        for (int size : new int[] {16, 32_768, 48, 131_072, 16}) {
            byte[] plain = bytes(random, LENGTH_BYTES + size + ours.getAuthenticationTagSize());
            byte[] packet = plain.clone();
            byte[] expected = plain.clone();
            ours.updateWithAAD(packet, 0, LENGTH_BYTES, size);
            minas.updateWithAAD(expected, 0, LENGTH_BYTES, size);
            assertThat(packet).isEqualTo(expected);

            back.updateWithAAD(packet, 0, LENGTH_BYTES, size);
            assertThat(packet).startsWith(Arrays.copyOf(plain, LENGTH_BYTES + size));
        }
    }

    @Test
    void isWhatSessionsBeginWith() {
        assertThat(SessionPool.CIPHERS.subList(0, 2))
                .extracting(NamedFactory::create)
                .hasOnlyElementsOfType(AesGcm.class);
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
