package org.slipway.controller.inventory;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Reads public host keys as they stand in known_hosts, without the host. */
final class HostKeys {
    private static final List<String> TYPES =
            List.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa");
    private static final int ED25519_BYTES = 32;

    private HostKeys() {}

    /** What is wrong with a key, in words that follow the field's name. */
    static final class InvalidHostKeyException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidHostKeyException(String message) {
            super(message, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /** The key as {@code type base64}; a comment behind it is dropped. */
    static String normalised(String text) throws InvalidHostKeyException {
        String[] words = text.strip().split("\\s+");
        if (!TYPES.contains(words[0])) {
            if (words.length > 1 && TYPES.contains(words[1])) {
                throw new InvalidHostKeyException("has a host in front of the key; leave '%s' out".formatted(words[0]));
            }
            if (words[0].startsWith("rsa-sha2-")) {
                throw new InvalidHostKeyException(
                        words[0] + " is a signature, not a key type; an RSA key begins with ssh-rsa");
            }
            throw new InvalidHostKeyException("must begin with its type, one of " + String.join(", ", TYPES)
                    + "; 'ssh-keyscan HOST' prints keys, each behind the host");
        }
        if (words.length < 2) {
            throw new InvalidHostKeyException("has nothing behind its type; a key is 'type base64'");
        }
        requireKey(words[0], decode(words[1]));
        return words[0] + " " + words[1];
    }

    private static byte[] decode(String base64) throws InvalidHostKeyException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            throw new InvalidHostKeyException("is not valid base64 behind its type; copy the whole key");
        }
    }

    /** RFC 4253 and 5656: length-prefixed fields, the first of which repeats the type. */
    private static void requireKey(String type, byte[] blob) throws InvalidHostKeyException {
        ByteBuffer rest = ByteBuffer.wrap(blob);
        boolean whole;
        try {
            String inside = new String(field(rest), StandardCharsets.US_ASCII);
            if (!inside.equals(type)) {
                throw new InvalidHostKeyException("says %s in front and holds a key of another type".formatted(type));
            }
            whole = switch (type) {
                case "ssh-ed25519" -> field(rest).length == ED25519_BYTES;
                case "ssh-rsa" -> {
                    int exponentBytes = field(rest).length;
                    int modulusBytes = field(rest).length;
                    yield exponentBytes > 0 && modulusBytes > 0;
                }
                default -> type.endsWith(new String(field(rest), StandardCharsets.US_ASCII)) && field(rest).length > 0;
            };
        } catch (BufferUnderflowException _) {
            whole = false;
        }
        if (!whole || rest.hasRemaining()) {
            throw new InvalidHostKeyException("is cut off or damaged; copy the whole key");
        }
    }

    private static byte[] field(ByteBuffer rest) {
        int length = rest.getInt();
        if (length < 0 || length > rest.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] field = new byte[length];
        rest.get(field);
        return field;
    }
}
