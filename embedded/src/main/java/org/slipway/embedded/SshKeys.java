package org.slipway.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;

/**
 * A key pair in files, as {@code ssh-keygen} makes it: the private key in OpenSSH's format, unencrypted, readable by its
 * owner alone, and beside it the public key with {@code .pub} at its name's end.
 *
 * @param privateKey file
 * @param publicKey one line without comment, {@code ssh-ed25519 AAAA…}: what authorized_keys and, for the key of a host,
 *     an inventory hold
 */
public record SshKeys(Path privateKey, String publicKey) {

    /** Which kind of key. */
    public enum Type {
        ED25519("ssh-ed25519", 256),
        ECDSA("ecdsa-sha2-nistp256", 256),
        RSA("ssh-rsa", 3072);

        private final String keyType;
        private final int bits;

        Type(String keyType, int bits) {
            this.keyType = keyType;
            this.bits = bits;
        }
    }

    /** The pair in the file, which is made when it is missing. */
    public static SshKeys inFile(Path privateKey, Type type) {
        try {
            if (!Files.exists(privateKey)) {
                generate(privateKey, type);
            }
            return new SshKeys(privateKey, publicLine(load(privateKey)));
        } catch (IOException | GeneralSecurityException cannot) {
            throw new StartFailedException(
                    "cannot use the SSH key in " + privateKey + ": " + cannot.getMessage(), cannot);
        }
    }

    private static void generate(Path file, Type type) throws IOException, GeneralSecurityException {
        KeyPair pair = KeyUtils.generateKeyPair(type.keyType, type.bits);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
        Files.writeString(publicFile, publicLine(pair) + " slipway\n");
        // A key that is there is a whole one: written aside, then renamed.
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(aside);
        Files.createFile(aside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(aside)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "slipway", null, out);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static KeyPair load(Path file) throws IOException, GeneralSecurityException {
        var pairs = new FileKeyPairProvider(file).loadKeys(null).iterator();
        if (!pairs.hasNext()) {
            throw new IOException("there is no key in it");
        }
        return pairs.next();
    }

    private static String publicLine(KeyPair pair) {
        return PublicKeyEntry.toString(pair.getPublic());
    }

    /** The fingerprint of a public key's line, as {@code ssh-keygen -l} prints it: {@code SHA256:…}. */
    public static String fingerprint(String publicKey) {
        byte[] key = Base64.getDecoder().decode(publicKey.split(" ", -1)[1]);
        try {
            return "SHA256:"
                    + Base64.getEncoder()
                            .withoutPadding()
                            .encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
