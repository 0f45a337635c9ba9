package org.slipway.transfer.ssh;

import java.security.Provider;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BaseGCMCipher;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.slipway.transfer.crypto.NativeCrypto;

/** MINA's AES-GCM by {@link NativeCrypto}: MINA itself asks one provider for all that has to do with AES. */
final class AesGcm extends BaseGCMCipher {
    private final Provider provider;

    private AesGcm(BuiltinCiphers like, Provider provider) {
        super(
                like.getIVSize(),
                like.getAuthenticationTagSize(),
                like.getKdfSize(),
                like.getAlgorithm(),
                like.getKeySize(),
                like.getTransformation(),
                like.getCipherBlockSize());
        this.provider = provider;
    }

    /** The same cipher by native code, or itself where there is none. */
    static NamedFactory<Cipher> of(BuiltinCiphers builtin) {
        Provider provider = NativeCrypto.provider();
        return provider == null ? builtin : new Factory(builtin, provider);
    }

    private record Factory(BuiltinCiphers like, Provider provider) implements NamedFactory<Cipher> {
        @Override
        public String getName() {
            return like.getName();
        }

        @Override
        public Cipher create() {
            return new AesGcm(like, provider);
        }
    }

    @Override
    protected javax.crypto.Cipher createCipherInstance(Mode mode, byte[] key, byte[] iv) throws Exception {
        // Keeps what the other methods need; the JDK's cipher that it makes is not used.
        super.createCipherInstance(mode, key, iv);
        return javax.crypto.Cipher.getInstance(getTransformation(), provider);
    }
}
