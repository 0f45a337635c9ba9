package org.slipway.transfer.ssh;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import javax.security.auth.login.FailedLoginException;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/** The private key that logs in, as it is in its file now. */
final class LoginKey {
    private static final String ENCRYPTED_PKCS8 = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
    /** What MINA says of an EC key in PEM or PKCS#8 whose optional part is not there. */
    private static final String NO_PUBLIC_PART = "No public key data bytes";

    private LoginKey() {}

    /**
     * Reads it.
     *
     * @throws UnusableKeyException with a sentence that names the file, and what to do about it
     */
    static Iterable<KeyPair> read(Path file) throws UnusableKeyException {
        try {
            byte[] content = Files.readAllBytes(file);
            // MINA would look for classes of Bouncy Castle that are not there.
            if (new String(content, StandardCharsets.ISO_8859_1).contains(ENCRYPTED_PKCS8)) {
                // OpenSSH before 9.6 reads no Ed25519 key in this format.
                throw new UnusableKeyException(
                        file,
                        "it has a passphrase, and nobody is there to type it. 'openssl pkey -in " + file + " -out "
                                + file + ".plain' writes it without one to another file",
                        null);
            }
            Iterable<KeyPair> pairs = SecurityUtils.loadKeyPairIdentities(
                    null,
                    NamedResource.ofName(file.toString()),
                    new ByteArrayInputStream(content),
                    FilePasswordProvider.EMPTY);
            if (pairs != null && pairs.iterator().hasNext()) {
                return pairs;
            }
            throw new IOException("it holds no private key");
        } catch (FailedLoginException e) {
            throw new UnusableKeyException(
                    file,
                    "it has a passphrase, and nobody is there to type it. 'ssh-keygen -p -N \"\" -f " + file
                            + "' takes it away",
                    e);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (NO_PUBLIC_PART.equals(e.getMessage())) {
                throw new UnusableKeyException(
                        file,
                        "it lacks the public key, which such a file may hold and which is needed here. 'ssh-keygen -p -N \"\" -f "
                                + file + "' writes the file anew with it",
                        e);
            }
            throw new UnusableKeyException(
                    file,
                    Diagnosis.shown(String.valueOf(e.getMessage()))
                            + ". It must be an OpenSSH or PEM key without a passphrase that this service may read",
                    e);
        }
    }

    static final class UnusableKeyException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableKeyException(Path file, String why, @Nullable Throwable cause) {
            super("The private key " + file + " cannot be used: " + why + ".", cause);
        }
    }
}
