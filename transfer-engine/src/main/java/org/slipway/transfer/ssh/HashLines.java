package org.slipway.transfer.ssh;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slipway.model.RelativePath;

/**
 * Reads the lines of {@code sha256sum} or {@code openssl dgst -r} for names that are known, in the order in which they were asked. A
 * name may hold anything, a line break too, so a line is told by the name that is due and not the other way round.
 */
final class HashLines {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int DIGITS = 64;

    private HashLines() {}

    /** The hashes of those files that the host could read. */
    static Map<RelativePath, String> read(Fields fields, List<RelativePath> asked) throws IOException {
        Map<RelativePath, String> hashes = HashMap.newHashMap(asked.size());
        Iterator<RelativePath> due = asked.iterator();
        for (int first = fields.read(); first != 0; first = fields.read()) {
            if (first < 0) {
                throw new EOFException("the hashes end in the middle");
            }
            boolean escaped = first == '\\';
            StringBuilder hash = new StringBuilder(DIGITS);
            if (!escaped) {
                hash.append((char) first);
            }
            while (hash.length() < DIGITS) {
                hash.append((char) required(fields));
            }
            if (!SHA256.matcher(hash).matches() || required(fields) != ' ') {
                throw new OddAnswer("a line that is no hash: " + Diagnosis.shown(hash.toString()));
            }
            required(fields);
            hashes.put(take(fields, due, escaped), hash.toString());
        }
        return hashes;
    }

    /** Reads the name at the end of a line: the next one that is due, or a later one where the host left some out. */
    private static RelativePath take(Fields fields, Iterator<RelativePath> due, boolean escaped) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (due.hasNext()) {
            RelativePath path = due.next();
            for (String text : spellings("./" + path, escaped)) {
                if (matches(fields, read, (text + "\n").getBytes(StandardCharsets.UTF_8))) {
                    return path;
                }
            }
        }
        throw new OddAnswer("a hash of something that was not asked for");
    }

    /** How the tools write a name on a line that they mark as escaped: GNU old and new, and OpenSSL, which escapes line breaks only. */
    private static List<String> spellings(String name, boolean escaped) {
        if (!escaped) {
            return List.of(name);
        }
        String gnu = name.replace("\\", "\\\\").replace("\n", "\\n");
        return List.of(gnu.replace("\r", "\\r"), gnu, name.replace("\n", "\\n"));
    }

    private static boolean matches(Fields fields, ByteArrayOutputStream read, byte[] wanted) throws IOException {
        byte[] before = read.toByteArray();
        for (int i = 0; i < before.length; i++) {
            if (i >= wanted.length || before[i] != wanted[i]) {
                return false;
            }
        }
        for (int i = before.length; i < wanted.length; i++) {
            int b = required(fields);
            read.write(b);
            if ((byte) b != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static int required(Fields fields) throws IOException {
        int b = fields.read();
        if (b < 0) {
            throw new EOFException("the hashes end in the middle");
        }
        return b;
    }
}
