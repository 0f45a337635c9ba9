package org.slipway.transfer.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.plan.Found;

/** Reads what {@code find} or {@code stat} of a host tells, in either dialect. */
final class StatRecords {
    private static final int MAX_MODE = 07777;

    /**
     * One record.
     *
     * @param parent whether it was asked for only because it leads to something
     * @param name as the host names it, without the leading {@code ./}
     * @param what it is; {@code null} where it may not be read
     */
    record Seen(boolean parent, byte[] name, @Nullable Found what) {}

    /** Takes records. */
    interface Sink {
        void take(Seen seen) throws TransferException, IOException;

        /** Takes what find said on standard error, with its exit status and a dot at the end. */
        default void ended(String words) throws IOException {}
    }

    private final Exec exec;
    private final Fields fields;
    private final byte[] middle;
    private final byte[] end;

    StatRecords(Exec exec, Fields fields) {
        this.exec = exec;
        this.fields = fields;
        this.middle = ("//" + exec.mark()).getBytes(StandardCharsets.US_ASCII);
        this.end = ("//" + exec.mark() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads records up to the end of the answer. */
    void readAll(Sink sink) throws IOException, TransferException {
        for (String tag = exec.nextTag(); tag != null; tag = exec.nextTag()) {
            switch (tag) {
                case "e", "p" -> sink.take(ofFind(tag.equals("p")));
                case "x" -> sink.take(new Seen(false, stripped(fields.bytes()), null));
                case "s" -> readStat(sink);
                case "find" -> sink.ended(new String(fields.longBytes(), StandardCharsets.UTF_8));
                default -> throw new OddAnswer("unknown record '" + tag + "'");
            }
        }
    }

    private Seen ofFind(boolean asParent) throws IOException {
        String type = fields.ascii();
        String mode = fields.ascii();
        String size = fields.ascii();
        String time = fields.ascii();
        String uid = fields.ascii();
        String device = fields.ascii();
        byte[] name = fields.bytes();
        byte[] link = fields.bytes();
        Found.Kind kind =
                switch (type) {
                    case "f" -> Found.Kind.FILE;
                    case "d" -> Found.Kind.DIRECTORY;
                    case "l" -> Found.Kind.SYMLINK;
                    default -> Found.Kind.OTHER;
                };
        return seen(
                asParent,
                kind,
                number(mode, 8),
                number(size, 10),
                time(time),
                number(uid, 10),
                number(device, 10),
                name,
                link);
    }

    private void readStat(Sink sink) throws IOException, TransferException {
        for (int first = fields.read(); first != '.'; first = fields.read()) {
            if (first != 'e' && first != 'p') {
                throw new OddAnswer("a stat record begins with " + first);
            }
            byte[] line = fields.until(middle);
            byte[] linkText = fields.until(end);
            int[] spaces = firstSpaces(line, 5);
            int raw = (int) number(text(line, 0, spaces[0]), 16);
            Found.Kind kind =
                    switch (raw >> 12) {
                        case 010 -> Found.Kind.FILE;
                        case 004 -> Found.Kind.DIRECTORY;
                        case 012 -> Found.Kind.SYMLINK;
                        default -> Found.Kind.OTHER;
                    };
            byte[] name = Arrays.copyOfRange(line, spaces[4] + 1, line.length);
            sink.take(seen(
                    first == 'p',
                    kind,
                    raw & MAX_MODE,
                    number(text(line, spaces[0] + 1, spaces[1]), 10),
                    instant(signed(text(line, spaces[1] + 1, spaces[2])), 0),
                    number(text(line, spaces[2] + 1, spaces[3]), 10),
                    number(text(line, spaces[3] + 1, spaces[4]), 10),
                    name,
                    kind == Found.Kind.SYMLINK ? quotedLink(name, linkText) : new byte[0]));
        }
    }

    private static Seen seen(
            boolean asParent,
            Found.Kind kind,
            long mode,
            long size,
            Instant time,
            long uid,
            long device,
            byte[] name,
            byte[] link)
            throws IOException {
        String target = null;
        if (kind == Found.Kind.SYMLINK) {
            // A link that cannot be named in UTF-8 cannot be carried; the caller sees a thing of no known kind.
            target = Fields.utf8(link).orElse(null);
        }
        Found.Kind known = kind == Found.Kind.SYMLINK && target == null ? Found.Kind.OTHER : kind;
        if (mode > MAX_MODE) {
            throw new OddAnswer("mode " + mode);
        }
        return new Seen(
                asParent,
                stripped(name),
                new Found(known, (int) mode, time, known == Found.Kind.FILE ? size : 0, uid, device, target, null));
    }

    /** BusyBox prints {@code 'name' -> 'target'} and escapes nothing; the name is known, so the rest is the target. */
    private static byte[] quotedLink(byte[] name, byte[] text) throws IOException {
        int begin = 1 + name.length + "' -> '".length();
        if (text.length < begin + 1) {
            throw new OddAnswer("a link without a target");
        }
        return Arrays.copyOfRange(text, begin, text.length - 1);
    }

    private static byte[] stripped(byte[] name) throws IOException {
        if (name.length == 1 && name[0] == '.') {
            return name;
        }
        if (name.length < 3 || name[0] != '.' || name[1] != '/') {
            throw new OddAnswer("a name outside of what was asked");
        }
        return Arrays.copyOfRange(name, name[2] == '/' ? 3 : 2, name.length);
    }

    private static int[] firstSpaces(byte[] line, int count) throws IOException {
        int[] at = new int[count];
        int found = 0;
        for (int i = 0; i < line.length && found < count; i++) {
            if (line[i] == ' ') {
                at[found++] = i;
            }
        }
        if (found < count) {
            throw new OddAnswer("a stat record without its fields");
        }
        return at;
    }

    private static String text(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static Instant time(String text) throws IOException {
        int dot = text.indexOf('.');
        long seconds = signed(dot < 0 ? text : text.substring(0, dot));
        String fraction = dot < 0 ? "" : text.substring(dot + 1);
        long nanos = number((fraction + "000000000").substring(0, 9), 10);
        // find prints -1.75 s as -2.2500000000: the second that began before, and what has passed of it.
        return instant(seconds, nanos);
    }

    private static Instant instant(long seconds, long nanos) throws OddAnswer {
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new OddAnswer("a time of " + seconds + " s", e);
        }
    }

    private static long signed(String text) throws IOException {
        return text.startsWith("-") ? -number(text.substring(1), 10) : number(text, 10);
    }

    static long number(String text, int radix) throws IOException {
        try {
            long value = Long.parseLong(text, radix);
            if (value >= 0 && !text.startsWith("+")) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new OddAnswer("'" + Diagnosis.shown(text) + "' is no number", e);
        }
        throw new OddAnswer("'" + text + "' is negative");
    }
}
