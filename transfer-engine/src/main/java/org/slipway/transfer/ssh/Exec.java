package org.slipway.transfer.ssh;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.BlockInput;
import org.slipway.transfer.TransferException;

/** One run of a script on a host: its standard input, its framed answer, and what it says when it fails. */
final class Exec implements AutoCloseable {
    /** Standard input that ends with its end of file. */
    static final long ALL_INPUT = -1;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Connection connection;
    private final CommandChannel channel;
    private final Diagnosis diagnosis;
    private final Pulse pulse;
    private final String mark;
    private final String name;
    private final long epoch;
    private final Fields fields;
    private final BlockPipe stdin;
    private Duration patience;
    private boolean receiving;
    private boolean ended;

    private Exec(
            Connection connection,
            Diagnosis diagnosis,
            CommandChannel channel,
            Pulse pulse,
            String mark,
            Script script,
            long epoch) {
        this.connection = connection;
        this.channel = channel;
        this.diagnosis = diagnosis;
        this.pulse = pulse;
        this.mark = mark;
        this.name = script.name().toLowerCase(Locale.ROOT);
        this.epoch = epoch;
        this.patience = connection.answerTimeout();
        this.fields = new Fields(new Patient());
        this.stdin = new BlockPipe(channel.input(), pulse, connection.link(), !channel.isResident());
    }

    /**
     * Starts a script in a command of its own, which ends with it.
     *
     * @param diagnosis of the host that this is for; others may have used the connection before
     * @param epoch the caller's, for messages; 0 where there is none
     * @param inputBytes how much standard input the script takes, or {@link #ALL_INPUT}
     */
    static Exec alone(
            Connection connection,
            Diagnosis diagnosis,
            Pulse pulse,
            Script script,
            long epoch,
            long inputBytes,
            List<String> arguments)
            throws TransferException {
        String mark = newMark();
        try {
            String command = script.command(allArguments(mark, inputBytes, arguments));
            CommandChannel channel = connection.openCommand(command, mark, false);
            return new Exec(connection, diagnosis, channel, pulse, mark, script, epoch);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    /** Has the session's resident command run a script. Its standard input is of known length. */
    static Exec resident(
            Connection connection,
            Diagnosis diagnosis,
            Pulse pulse,
            Script script,
            long epoch,
            long inputBytes,
            List<String> arguments)
            throws TransferException {
        CommandChannel channel = connection.takeResident();
        try {
            if (channel == null) {
                String shellMark = newMark();
                channel = connection.openCommand(
                        Script.RESIDENT.command(allArguments(shellMark, 0, List.of())), shellMark, true);
            }
            channel.errors().clear();
            String mark = newMark();
            boolean isNew = channel.learns(script);
            StringBuilder request = new StringBuilder(channel.mark());
            request.append(' ').append(script.name()).append(isNew ? " 1" : " 0");
            for (String argument : allArguments(mark, inputBytes, arguments)) {
                request.append(' ').append(Script.encoded(argument, true));
            }
            OutputStream input = channel.input();
            request.append('\n');
            if (isNew) {
                request.append(Script.encoded(script.text(), false)).append('\n');
            }
            input.write(request.toString().getBytes(StandardCharsets.US_ASCII));
            input.flush();
            return new Exec(connection, diagnosis, channel, pulse, mark, script, epoch);
        } catch (IOException e) {
            if (channel != null) {
                connection.close(channel);
            }
            throw diagnosis.unreachable(e);
        }
    }

    private static List<String> allArguments(String mark, long inputBytes, List<String> arguments) {
        List<String> all = new ArrayList<>();
        all.add(mark);
        all.add(inputBytes == ALL_INPUT ? "all" : Long.toString(inputBytes));
        all.addAll(arguments);
        return all;
    }

    private static String newMark() {
        byte[] random = new byte[12];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The mark that frames the answer; nobody else knows it. */
    String mark() {
        return mark;
    }

    /** Allows for silence while the host is at work on this many bytes, at 5 MB/s at least. */
    void allowFor(long bytes) {
        patience = patience.plusMillis(bytes / 5_000);
    }

    /** From here on the answer is the content of a file of this size, which comes as fast as the link and the host allow. */
    void contentBegins(long sizeBytes) {
        receiving = true;
        connection.link().pace().allowFor(sizeBytes);
    }

    /** What is left of the connection is of no use. */
    void spoil() {
        connection.spoil();
    }

    /** Standard input of the script. */
    BlockPipe stdin() {
        return stdin;
    }

    /** Sends names, each ended by NUL, while the answer is already being read. */
    void sendNames(Iterable<String> names) {
        stdin.feed(out -> {
            for (String path : names) {
                out.write(path.getBytes(StandardCharsets.UTF_8));
                out.write(0);
            }
        });
    }

    /** How many bytes {@link #sendNames} sends. */
    static long lengthOf(Iterable<String> names) {
        long bytes = 0;
        for (String name : names) {
            bytes += name.getBytes(StandardCharsets.UTF_8).length + 1L;
        }
        return bytes;
    }

    /** The answer right behind the begin mark. */
    Fields answer() throws TransferException {
        if (!tryBegin()) {
            String errors = channel.errors().awaited();
            // Without a word a command ends only when somebody ended it, or the connection.
            throw errors.isBlank()
                    ? diagnosis.unreachable(new EOFException("it was closed during '" + name + "'"))
                    : diagnosis.fromErrors("no answer to '" + name + "'", errors);
        }
        return fields;
    }

    /** The rest of the answer, unpacked; nothing may follow it. */
    Fields unpacked() throws IOException {
        return new Fields(new ZstdInputStreamNoFinalizer(fields.rest()));
    }

    /** That a packed answer came to its end mark. */
    void expectEnd(Fields unpacked) throws IOException {
        if (!unpacked.ascii().equals("end:" + mark)) {
            throw new EOFException("the answer ends early");
        }
    }

    boolean tryBegin() throws TransferException {
        try {
            return fields.begin(mark);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    /** The tag of the next record; {@code null} at the end mark. A record in which the script says that it failed ends the work. */
    @Nullable String nextTag() throws IOException, TransferException {
        String tag;
        try {
            tag = fields.ascii();
        } catch (EOFException e) {
            String errors = channel.errors().awaited();
            throw errors.isBlank() ? diagnosis.unreachable(e) : diagnosis.fromErrors("", errors);
        }
        if (tag.equals("fail")) {
            String kind = fields.ascii();
            String text = new String(fields.bytes(), StandardCharsets.UTF_8);
            throw diagnosis.reported(kind, text, channel.errors().awaited(), epoch);
        }
        ended = tag.equals("end:" + mark);
        return ended ? null : tag;
    }

    /** Reads the next tag, which must be this one. */
    void expect(String wanted) throws IOException, TransferException {
        String tag = nextTag();
        if (!wanted.equals(tag)) {
            throw new IOException("the answer to '" + name + "' holds '" + Diagnosis.shown(String.valueOf(tag))
                    + "' where '" + wanted + "' was due");
        }
    }

    /** Reads records that have nothing but a tag up to the end mark. */
    List<String> restOfTags() throws IOException, TransferException {
        List<String> tags = new ArrayList<>();
        for (String tag = nextTag(); tag != null; tag = nextTag()) {
            tags.add(tag);
        }
        return tags;
    }

    @Override
    public void close() {
        if (ended && channel.isResident() && stdin.finish()) {
            connection.keepResident(channel);
        } else {
            stdin.abandon();
            connection.close(channel);
        }
    }

    /** Waits as long as the host may be silent, and asks in between whether to go on. */
    private final class Patient extends BlockInput {
        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            long begin = System.nanoTime();
            while (true) {
                try {
                    pulse.beat();
                    int n = receiving
                            ? receive(into, offset, length)
                            : channel.output().read(into, offset, length);
                    connection.link().pass(Math.max(0, n));
                    return n;
                } catch (TooSlowException e) {
                    connection.spoil();
                    throw new CarriedFailure(diagnosis.unreachable(e));
                } catch (SocketException e) {
                    // What MINA throws when nothing came within its timeout; a broken connection is no SocketException.
                    requirePace();
                    if (System.nanoTime() - begin > patience.toNanos()) {
                        throw new CarriedFailure(diagnosis.silent(patience.toSeconds(), name));
                    }
                } catch (TransferException e) {
                    throw new CarriedFailure(e);
                }
            }
        }

        @Override
        public int available() {
            return channel.output().available();
        }

        private int receive(byte[] into, int offset, int length) throws IOException {
            Pace pace = connection.link().pace();
            int come = 0;
            pace.begin();
            try {
                come = channel.output().read(into, offset, length);
                return come;
            } finally {
                pace.end(Math.max(0, come));
            }
        }

        private void requirePace() throws CarriedFailure {
            try {
                stdin.requirePace();
            } catch (TooSlowException e) {
                connection.spoil();
                throw new CarriedFailure(diagnosis.unreachable(e));
            }
        }
    }
}
