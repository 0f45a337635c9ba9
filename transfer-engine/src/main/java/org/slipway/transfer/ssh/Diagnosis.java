package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.transfer.Failure;
import org.slipway.transfer.TransferException;

/** Turns what went wrong on one server into words and a kind. */
final class Diagnosis {
    private static final int SHOWN_PATHS = 5;
    private static final int SHOWN_CHARACTERS = 300;

    private static final Pattern NEED_AND_HAVE = Pattern.compile("([0-9]{1,18}) (-?[0-9]{1,18})");

    private final HostAddress address;
    private final List<String> written;

    Diagnosis(HostAddress address) {
        this(address, List.of(address.projectDirectory(), address.effectiveWorkDirectory()));
    }

    private Diagnosis(HostAddress address, List<String> written) {
        this.address = address;
        this.written = written;
    }

    /** For work that writes in one more directory. */
    Diagnosis alsoOf(String directory) {
        return new Diagnosis(
                address, Stream.concat(written.stream(), Stream.of(directory)).toList());
    }

    String server() {
        return address.name();
    }

    TransferException unreachable(IOException cause) {
        if (cause instanceof CarriedFailure carried) {
            return carried.outcome();
        }
        if (cause instanceof TooSlowException slow) {
            return tooSlow(slow);
        }
        if (cause instanceof OddAnswer) {
            return nonsense(String.valueOf(cause.getMessage()));
        }
        if (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException)) {
            // Some of those who threw it have cleared the flag.
            Thread.currentThread().interrupt();
            return new TransferException(
                    new Failure.Stopped(server(), "The work on " + server() + " was interrupted."), cause);
        }
        return new TransferException(
                new Failure.Unreachable(
                        server(),
                        "The connection to " + server() + " (" + address.host() + ":" + address.port() + ") broke: "
                                + (isTimeout(cause)
                                        ? "it gave no answer in time"
                                        : shown(String.valueOf(cause.getMessage())))
                                + ". It is safe to try again."),
                cause);
    }

    /** Whether nobody refused anything: the answer did not come in time. */
    static boolean isTimeout(Throwable cause) {
        return isOf(TimeoutException.class, cause);
    }

    /** Whether the host's name has no address. */
    static boolean isUnknownName(Throwable cause) {
        return isOf(UnresolvedAddressException.class, cause) || isOf(UnknownHostException.class, cause);
    }

    private static boolean isOf(Class<? extends Throwable> kind, Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (kind.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    TransferException silent(long seconds, String during) {
        return new TransferException(new Failure.Unreachable(
                server(),
                server() + " gave no answer for " + seconds + " s during '" + during
                        + "'. Look at its load, its disks, and what the login shell of " + address.user()
                        + " does when it starts, then try again."));
    }

    TransferException nonsense(String what) {
        return new TransferException(new Failure.ProtocolError(
                server(),
                server() + " (" + address.host() + ":" + address.port() + ") answered something unexpected: "
                        + shown(what)
                        + ". It is safe to try again; if it comes back, look at the SSH server's log and at what the login shell of "
                        + address.user() + " prints."));
    }

    private TransferException tooSlow(TooSlowException slow) {
        return new TransferException(
                new Failure.TooSlow(
                        server(),
                        "%s (%s:%d) took or gave %s in %d s, which is less than the %s a second that slipway.ssh.least-bytes-per-second asks for. Look at the link and at the load of %s, then try again, or lower that setting."
                                .formatted(
                                        server(),
                                        address.host(),
                                        address.port(),
                                        bytes(slow.bytes()),
                                        slow.seconds(),
                                        bytes(slow.leastBytesPerSecond()),
                                        server())),
                slow);
    }

    /** What was to be written there cannot be, until somebody mounts it otherwise. */
    TransferException readOnly(String where, String words) {
        return new TransferException(new Failure.ReadOnlyFileSystem(
                server(),
                "On %s the file system of %s is mounted read-only%s. Look in the kernel's log why it is (dmesg), mount it for writing (mount -o remount,rw), then try again."
                        .formatted(server(), where, words.isBlank() ? "" : ": " + words)));
    }

    TransferException missingTool(String tool) {
        return new TransferException(new Failure.MissingTool(
                server(), server() + " has no " + tool + "; install it, or put it on the PATH of " + address.user()));
    }

    TransferException directory(String message) {
        return new TransferException(new Failure.DirectoryUnusable(server(), message));
    }

    /** Directories whose mode was changed, and which are closed all the same. */
    TransferException cannotBeOpened(Collection<RelativePath> directories) {
        return directory("On " + server() + " these directories may not be entered by " + address.user()
                + ", and changing their mode had no effect: " + shown(directories)
                + ". Give that user the right to, then try again.");
    }

    TransferException noSpace(String where, long needBytes, long haveBytes) {
        return new TransferException(new Failure.NoSpace(
                server(),
                "%s needs %s in %s and has %s free; nothing was changed. Make room there, then try again."
                        .formatted(server(), bytes(needBytes), where, bytes(haveBytes))));
    }

    TransferException inTheWay(String message, List<RelativePath> paths) {
        return new TransferException(new Failure.TargetInTheWay(server(), message, paths));
    }

    TransferException checksum(Collection<RelativePath> paths, String where) {
        return new TransferException(new Failure.ChecksumMismatch(
                server(),
                "On " + server() + " these files " + where + " are not what was sent: " + shown(paths)
                        + ". Nothing of them was reported as done; try again.",
                List.copyOf(paths)));
    }

    TransferException sourceChanged(RelativePath path) {
        return new TransferException(new Failure.SourceChanged(
                server(),
                path + " on " + server() + " is no longer what was listed, or it can no longer be read. "
                        + "Try again when nobody works on it.",
                List.of(path)));
    }

    TransferException fencedOff(long ours, String theirs) {
        return new TransferException(new Failure.FencedOff(
                server(),
                "%s is being written under a newer lease (%s) than this one (%d), which has stopped. That is normal when a newer"
                                .formatted(server(), shown(theirs), ours)
                        + " worker has taken over. If it persists, as with a new or restored database: the target remembers the"
                        + " number in %s/fence, and slipway_epoch in the database must be raised above it (docs/decisions/0003)."
                                .formatted(address.effectiveWorkDirectory())));
    }

    /**
     * Slipway's directory is in use for another project directory.
     *
     * @param left what lies unfinished in it
     * @param owner the project directory that it is for, empty where that is not known
     */
    TransferException taken(String left, String owner) {
        return new TransferException(
                new Failure.WorkDirectoryTaken(server(), "On " + server() + " " + takenWords(left, owner)));
    }

    String takenWords(String left, String owner) {
        String work = address.effectiveWorkDirectory();
        String other = owner.isEmpty() ? "a project directory that is not known" : shown(owner);
        return ("the work directory %s is in use for another project directory (%s): %s/%s is not finished. Give %s a work directory of"
                        + " its own in the inventory. Or, if nothing is released to %s any more, give that work up by removing %s/%s.")
                .formatted(
                        work,
                        other,
                        work,
                        shown(left),
                        server(),
                        owner.isEmpty() ? "that one" : other,
                        work,
                        shown(left));
    }

    /** A failure to finish a publication that was cut off, with what it means for the next one and how to give it up. */
    TransferException unsettled(String stagingDirectory, TransferException why) {
        return switch (why.failure()) {
            case Failure.DirectoryUnusable f -> directory(unsettledWords(stagingDirectory, f.message()));
            case Failure.TargetInTheWay f -> inTheWay(unsettledWords(stagingDirectory, f.message()), f.paths());
            case Failure.ReadOnlyFileSystem f ->
                new TransferException(
                        new Failure.ReadOnlyFileSystem(server(), unsettledWords(stagingDirectory, f.message())), why);
            case Failure.RemoteError f ->
                new TransferException(
                        new Failure.RemoteError(server(), unsettledWords(stagingDirectory, f.message())), why);
            default -> why;
        };
    }

    private String unsettledWords(String stagingDirectory, String blocks) {
        return "On " + server() + " the publication in " + stagingDirectory
                + " was cut off and cannot be finished, and nothing else is published before it is. What blocks it: "
                + blocks
                + " Mend that and try again, or give the publication up by removing " + stagingDirectory
                + ": what it had not yet published then stays as it was.";
    }

    /** What a script reported with {@code fail KIND text}, or what its standard error says. */
    TransferException reported(String kind, String text, String errors, long epoch) {
        String words = shown(text.isBlank() ? errors : errors.isBlank() ? text : text + ": " + errors);
        return switch (kind) {
            case "FENCED" -> fencedOff(epoch, text);
            case "ROOM" -> {
                Matcher needAndHave = NEED_AND_HAVE.matcher(text);
                yield needAndHave.matches()
                        ? noSpace(
                                "the backup directory",
                                Long.parseLong(needAndHave.group(1)),
                                Long.parseLong(needAndHave.group(2)))
                        : nonsense("room '" + text + "'");
            }
            case "TAKEN" -> {
                int owner = text.indexOf(" /");
                yield owner < 0 ? taken(text.strip(), "") : taken(text.substring(0, owner), text.substring(owner + 1));
            }
            case "TOOL" -> missingTool(text);
            case "DIRECTORY" ->
                saysReadOnly(words) || saysFull(words)
                        ? fromErrors(text, errors)
                        : directory("On " + server() + ": " + words);
            case "IN_THE_WAY" -> inTheWay("On " + server() + ": " + words, List.of());
            default -> fromErrors(text, errors);
        };
    }

    /** The kind that the words of a failed command tell. */
    TransferException fromErrors(String text, String errors) {
        String all = (text + " " + errors).toLowerCase(Locale.ROOT);
        String words = shown(errors.isBlank() ? text : text.isBlank() ? errors : text + ": " + errors);
        if (saysFull(all)) {
            return new TransferException(new Failure.NoSpace(
                    server(), "The disk of " + server() + " is full: " + words + ". Make room, then try again."));
        }
        if (saysReadOnly(all)) {
            return readOnly(written(text + " " + errors), words);
        }
        if (all.contains("permission denied") || all.contains("operation not permitted")) {
            return directory(
                    address.user() + " lacks a right on " + server() + ": " + words + ". Give it to that user.");
        }
        if (all.contains("command not found") || all.contains(": not found")) {
            return new TransferException(
                    new Failure.MissingTool(server(), server() + " lacks a tool: " + words + ". Install it."));
        }
        return new TransferException(
                new Failure.RemoteError(server(), "A command failed on " + server() + ": " + words));
    }

    private static boolean saysFull(String words) {
        String all = words.toLowerCase(Locale.ROOT);
        return all.contains("no space left") || all.contains("quota exceeded") || all.contains("file too large");
    }

    private static boolean saysReadOnly(String words) {
        return words.toLowerCase(Locale.ROOT).contains("read-only file system");
    }

    /** The directory that the words are about; where they name none, all that it can be. */
    private String written(String words) {
        return written.stream()
                .filter(words::contains)
                .max(Comparator.comparingInt(String::length))
                .orElseGet(() -> String.join(" or ", written));
    }

    static String shown(Collection<?> paths) {
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (Object path : paths) {
            if (shown == SHOWN_PATHS) {
                text.append(" and ").append(paths.size() - shown).append(" more");
                break;
            }
            text.append(shown == 0 ? "" : ", ").append(printable(path.toString()));
            shown++;
        }
        return text.toString();
    }

    static String shown(String text) {
        String printable = printable(text).strip();
        return printable.length() <= SHOWN_CHARACTERS ? printable : printable.substring(0, SHOWN_CHARACTERS) + "…";
    }

    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    static String bytes(long count) {
        if (count < 1024) {
            return count + " bytes";
        }
        double value = count;
        String unit = "bytes";
        for (String next : List.of("KiB", "MiB", "GiB", "TiB")) {
            if (value < 1024) {
                break;
            }
            value /= 1024;
            unit = next;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
    }
}
