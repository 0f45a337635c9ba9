package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.jspecify.annotations.Nullable;
import org.slipway.model.HostAddress;
import org.slipway.transfer.CopySettings;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host.CopyWatcher;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.TransferSettings;

/**
 * An authenticated session with what was found out about the host, once. Servers of several names may use it one after another, so
 * it knows none of them.
 */
final class Connection {
    private static final Duration UNTIL_GONE = Duration.ofSeconds(2);
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final Pattern UID = Pattern.compile("uid:([0-9]{1,18})");

    private final ClientSession session;
    private final Duration answerTimeout;
    private final CopySettings copying;
    private final Link link;
    private final long begunNanos;
    private final boolean shell;
    private final Set<String> abilities;
    private @Nullable CommandChannel resident;
    private @Nullable CommandChannel leaving;
    private @Nullable SftpChannel sftp;
    private Surplus surplus = () -> false;
    private boolean opened;
    private volatile boolean spoilt;
    private volatile long idleSince = System.nanoTime();

    private Connection(
            ClientSession session,
            TransferSettings settings,
            Link link,
            long begunNanos,
            boolean shell,
            Set<String> abilities) {
        this.session = session;
        this.answerTimeout = settings.answerTimeout();
        this.copying = settings.copying();
        this.link = link;
        this.begunNanos = begunNanos;
        this.shell = shell;
        this.abilities = Set.copyOf(abilities);
    }

    /**
     * Looks whether there is a shell and what its tools can do. No shell is told by its behaviour: the command is refused, or it ends
     * without our mark at the end of its empty input.
     *
     * @param begunNanos when it was begun to open the session, as {@link System#nanoTime} tells it
     */
    static Connection probe(
            HostAddress address, ClientSession session, TransferSettings settings, Link link, long begunNanos)
            throws TransferException {
        Diagnosis diagnosis = new Diagnosis(address);
        Connection bare = new Connection(session, settings, link, begunNanos, false, Set.of());
        Pulse pulse = new Pulse(address.name(), CopyWatcher.none());
        Set<String> abilities;
        try (Exec exec = Exec.alone(bare, diagnosis, pulse, Script.PROBE, 0, 0, List.of())) {
            exec.stdin().close();
            if (!exec.tryBegin()) {
                return bare;
            }
            abilities = new HashSet<>(exec.restOfTags());
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        } catch (TransferException e) {
            if (session.isOpen()
                    && e.failure() instanceof Failure.Unreachable
                    && e.getCause() instanceof SshException refusal
                    && !Diagnosis.isTimeout(refusal)) {
                return bare;
            }
            throw e;
        }
        Connection known = new Connection(session, settings, link, begunNanos, true, abilities);
        known.leaving = bare.leaving;
        known.opened = bare.opened;
        return known;
    }

    /** How files are copied. */
    CopySettings copying() {
        return copying;
    }

    Link link() {
        return link;
    }

    /** Whether what goes over this connection is compressed. */
    boolean packs() {
        return copying.compress() && can("has:zstd") && link.isSlow() && NativeZstd.isUsable();
    }

    /** Whether of large files only what differs is sent: each is hashed as a whole when it is staged. */
    boolean sendsDifferences() {
        return copying.compress() && copying.verify() && can("has:perl") && link.isForDifferences();
    }

    Duration answerTimeout() {
        return answerTimeout;
    }

    /** The command that runs script after script; nobody else has it until it is given back. */
    synchronized @Nullable CommandChannel takeResident() {
        CommandChannel taken = resident;
        resident = null;
        if (taken != null && !taken.isUsable()) {
            close(taken);
            return null;
        }
        return taken;
    }

    synchronized void keepResident(CommandChannel channel) {
        if (resident == null) {
            resident = channel;
        } else {
            close(channel);
        }
    }

    /** Opens a command. */
    synchronized CommandChannel openCommand(String command, String mark, boolean resident)
            throws IOException, TransferException {
        return open(() -> {
            long began = System.nanoTime();
            CommandChannel opened = CommandChannel.open(session, command, mark, resident, answerTimeout);
            link.roundTrip(System.nanoTime() - began);
            return opened;
        });
    }

    /** Ends what keeps a channel open for speed alone. */
    interface Surplus {
        /** Whether there was such a thing. */
        boolean end() throws TransferException;
    }

    /** Names what is ended where the server allows no further channel ({@code MaxSessions} of OpenSSH). */
    synchronized void endWhenRefused(Surplus held) {
        surplus = held;
    }

    private interface Opening<C> {
        C open() throws IOException;
    }

    /**
     * Opens a channel, once the command before it is gone: Dropbear ends a command that begins in the moment in which another one's
     * process ends. Where the server allows no further one, what can be done without is closed. A server counts a channel until its
     * process has ended, so it is asked again for a while.
     */
    private <C> C open(Opening<C> opening) throws IOException, TransferException {
        long deadline = System.nanoTime() + answerTimeout.toNanos();
        long pauseMillis = FIRST_PAUSE_MILLIS;
        while (true) {
            awaitLeft();
            try {
                C open = opening.open();
                opened = true;
                return open;
            } catch (IOException e) {
                if (!opened || !isAlive() || !isNoFurtherChannel(e)) {
                    throw e;
                }
                if (endSurplus()) {
                    continue;
                }
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                pause(pauseMillis);
                pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
            }
        }
    }

    private void awaitLeft() {
        CommandChannel before = leaving;
        leaving = null;
        if (before != null) {
            before.awaitClosed(UNTIL_GONE);
        }
    }

    private boolean endSurplus() throws TransferException {
        CommandChannel idle = resident;
        resident = null;
        if (idle != null) {
            close(idle);
            return true;
        }
        return surplus.end();
    }

    private static boolean isNoFurtherChannel(IOException why) {
        for (Throwable t = why; t != null; t = t.getCause()) {
            if (t instanceof SshChannelOpenException) {
                return true;
            }
        }
        return false;
    }

    private static void pause(long millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a channel");
        }
    }

    /** Closes a command. */
    synchronized void close(CommandChannel channel) {
        channel.close();
        leaving = channel;
    }

    /** The session's one SFTP channel, opened when it is first needed. */
    synchronized SftpChannel sftp(Diagnosis diagnosis) throws TransferException {
        SftpChannel open = sftp;
        if (open != null && open.isUsable()) {
            return open;
        }
        try {
            open = open(() -> SftpChannel.open(session, answerTimeout, link.pace()));
            sftp = open;
            return open;
        } catch (IOException e) {
            if (!isAlive() || Diagnosis.isTimeout(e) || e instanceof OddAnswer) {
                spoil();
                throw diagnosis.unreachable(e);
            }
            throw new TransferException(
                    new Failure.MissingTool(
                            diagnosis.server(),
                            diagnosis.server() + " gives neither a shell nor SFTP to this user; allow one of them"),
                    e);
        }
    }

    ClientSession session() {
        return session;
    }

    boolean hasShell() {
        return shell;
    }

    /** Whether the probe found this, such as {@code find-printf}. */
    boolean can(String ability) {
        return abilities.contains(ability);
    }

    /** The number of the user that logs in; -1 where it is not known. */
    long uid() {
        return abilities.stream()
                .map(UID::matcher)
                .filter(Matcher::matches)
                .mapToLong(uid -> Long.parseLong(uid.group(1)))
                .findFirst()
                .orElse(-1);
    }

    boolean isAlive() {
        return session.isOpen() && !session.isClosing();
    }

    /** After an outcome that leaves the session in doubt: it is closed, not used again. */
    void spoil() {
        spoilt = true;
    }

    boolean isReusable() {
        return !spoilt && isAlive();
    }

    /** When it was begun to open the session: whatever is known of the host is from then or later. */
    long begunNanos() {
        return begunNanos;
    }

    void markIdle() {
        idleSince = System.nanoTime();
    }

    long idleNanos() {
        return System.nanoTime() - idleSince;
    }

    void close() {
        session.close(true);
    }
}
