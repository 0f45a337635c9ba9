package org.slipway.controller.idempotency;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.problem.FieldError;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;

/**
 * A POST, as far as it matters for carrying it out once.
 *
 * @param key the Idempotency-Key; {@code null} where the caller sent none
 * @param scope what the key is good for: method and path
 * @param fingerprint SHA-256 of the body
 */
public record Call(@Nullable String key, String scope, String fingerprint) {
    /** The header that carries the key. */
    public static final String KEY_HEADER = "Idempotency-Key";

    private static final Pattern KEY = Pattern.compile("[!-~]([ -~]{0,253}[!-~])?");

    /**
     * A POST to this path.
     *
     * @throws Problem {@code INVALID_PARAMETER} when the key is not one
     */
    public static Call post(String path, @Nullable String key, byte[] body) {
        if (key != null && !KEY.matcher(key).matches()) {
            throw Problem.of(
                            ProblemType.INVALID_PARAMETER,
                            "The header Idempotency-Key must have 1 to 255 printable ASCII characters, such as a UUID.")
                    .with(
                            "errors",
                            List.of(new FieldError(KEY_HEADER, "must have 1 to 255 printable ASCII characters")));
        }
        return new Call(key, "POST " + path, sha256(body));
    }

    private static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
