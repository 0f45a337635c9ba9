package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;

/**
 * An open command on a host. One that is resident runs script after script: the login shell, which may read a long profile, is
 * started once a session and not once a script.
 */
final class CommandChannel {
    private static final int POLL_MILLIS = 200;

    private final ChannelExec channel;
    private final Incoming output;
    private final OutputStream input;
    private final ErrorText errors = new ErrorText();
    private final String mark;
    private final boolean resident;
    private final Set<Script> known = EnumSet.noneOf(Script.class);

    private CommandChannel(Incoming.Of<ChannelExec> opened, String mark, boolean resident, Duration timeout)
            throws IOException {
        this.channel = opened.channel();
        this.output = opened.incoming();
        this.mark = mark;
        this.resident = resident;
        channel.setErr(errors);
        channel.open().verify(timeout);
        input = channel.getInvertedIn();
    }

    static CommandChannel open(ClientSession session, String command, String mark, boolean resident, Duration timeout)
            throws IOException {
        Incoming.Of<ChannelExec> opened = Incoming.ofCommand(session, command, POLL_MILLIS);
        try {
            return new CommandChannel(opened, mark, resident, timeout);
        } catch (IOException | RuntimeException e) {
            opened.channel().close(true);
            throw e;
        }
    }

    boolean isResident() {
        return resident;
    }

    boolean isUsable() {
        return channel.isOpen() && !channel.isClosing() && !channel.isEofSignalled();
    }

    /** What a resident command proves by that a request comes from us. */
    String mark() {
        return mark;
    }

    /** Whether the script's text has to be sent; afterwards it has been. */
    boolean learns(Script script) {
        return known.add(script);
    }

    /** Reads wait for a moment at most and then throw a {@link java.net.SocketException}. */
    Incoming output() {
        return output;
    }

    OutputStream input() {
        return input;
    }

    ErrorText errors() {
        return errors;
    }

    /** Tells the host that the command is over. */
    void close() {
        channel.close(false);
    }

    /** Waits until the host has said so too; whether it did in time. */
    boolean awaitClosed(Duration atMost) {
        try {
            return channel.close(false).await(atMost);
        } catch (IOException e) {
            return false;
        }
    }

    /** The first bytes of standard error. */
    static final class ErrorText extends OutputStream {
        private static final int MAX_CHARACTERS = 4096;
        private static final Duration GRACE = Duration.ofMillis(150);

        private final StringBuilder text = new StringBuilder();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (text.length() < MAX_CHARACTERS) {
                text.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
            }
        }

        synchronized void clear() {
            text.setLength(0);
        }

        synchronized String text() {
            return text.toString();
        }

        /** After a failure: what was said about it may be a moment behind, and comes in pieces of a line. */
        String awaited() {
            long deadline = System.nanoTime() + GRACE.toNanos();
            while (!text().endsWith("\n") && System.nanoTime() < deadline) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            return text();
        }
    }
}
