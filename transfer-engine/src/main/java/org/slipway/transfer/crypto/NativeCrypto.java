package org.slipway.transfer.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AES-GCM, SHA-256 and HMAC by the processor's own instructions from the first byte on. In the JDK only code of its second compiler
 * uses them, and that takes a service much memory; without, AES-GCM goes at 40 MB/s and SHA-256 at 160. Decision 0008 has the rest.
 */
public final class NativeCrypto {
    private static final Logger LOG = LoggerFactory.getLogger(NativeCrypto.class);
    private static final String SHA_256 = "SHA-256";

    private static final @Nullable Provider PROVIDER = load();

    private NativeCrypto() {}

    private static @Nullable Provider load() {
        Throwable why;
        try {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            why = provider.getLoadingError();
            if (why == null) {
                // A library that loads may still not pass its own tests.
                MessageDigest.getInstance(SHA_256, provider);
                MessageDigest.getInstance("MD5", provider);
                Mac.getInstance("HmacSHA256", provider);
                Mac.getInstance("HmacSHA512", provider);
                Cipher.getInstance("AES/GCM/NoPadding", provider);
                return provider;
            }
        } catch (LinkageError | GeneralSecurityException | RuntimeException unusable) {
            why = unusable;
        }
        LOG.warn(
                "Copies may go at a third of their speed or less: the native library for AES, SHA-256 and HMAC cannot be loaded ({})."
                        + " It is built for Linux with glibc, for the processor of the machine that built this; this one is {} on {}."
                        + " It is unpacked into {}, from where it must be allowed to load it (no noexec; -Djava.io.tmpdir names another"
                        + " directory). Where that cannot be, take -XX:TieredStopAtLevel=1 away.",
                why.toString(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                System.getProperty("java.io.tmpdir"));
        return null;
    }

    /** Null where the native library cannot be loaded; the JDK's own are used then. */
    public static @Nullable Provider provider() {
        return PROVIDER;
    }

    public static MessageDigest sha256() {
        return digest(SHA_256);
    }

    /** For what is hashed once more before anybody relies on it. */
    public static MessageDigest md5() {
        return digest("MD5");
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return PROVIDER == null
                    ? MessageDigest.getInstance(algorithm)
                    : MessageDigest.getInstance(algorithm, PROVIDER);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("everything has " + algorithm, e);
        }
    }
}
