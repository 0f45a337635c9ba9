package org.slipway.transfer;

import java.util.List;
import org.slipway.model.RelativePath;

/**
 * Why a transfer ended without its result. Each says which server, what happened and what to do, in words for the
 * journal; none carries a secret or a whole remote output.
 */
public sealed interface Failure {

    /** The operator's name of the server where it happened. */
    String server();

    /** What happened and what to do, as one or two sentences. */
    String message();

    /** Whether the same again, with nothing changed by a person, may succeed. */
    boolean retryHelps();

    /** The paths it is about; empty where it is about the server as a whole. */
    default List<RelativePath> paths() {
        return List.of();
    }

    /** A stable name for journals and messages, such as {@code HOST_KEY_CHANGED}. */
    default String kind() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(java.util.Locale.ROOT);
    }

    /** No connection, or it broke. */
    record Unreachable(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return true;
        }
    }

    /** Content went or came slower than {@link SpeedFloor} allows, and nobody but the link or the server was waited for. */
    record TooSlow(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return true;
        }
    }

    /** The server answered something that makes no sense, or speaks no SSH. */
    record ProtocolError(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return true;
        }
    }

    /** The server's host key is not known at all. The message prints the fingerprint that it showed. */
    record HostKeyUnknown(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** The server showed another host key than the pinned one. The message prints both fingerprints. */
    record HostKeyChanged(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** The server did not accept the user and key. */
    record AuthenticationRefused(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** Paths of the release that do not exist on the server. */
    record MissingPaths(String server, String message, List<RelativePath> paths) implements Failure {
        public MissingPaths {
            paths = List.copyOf(paths);
        }

        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** Something that Slipway does not carry (a device, socket or FIFO, a name that is not UTF-8) or cannot read. */
    record Unsupported(String server, String message, List<RelativePath> paths) implements Failure {
        public Unsupported {
            paths = List.copyOf(paths);
        }

        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** A file changed or vanished while it was read. */
    record SourceChanged(String server, String message, List<RelativePath> paths) implements Failure {
        public SourceChanged {
            paths = List.copyOf(paths);
        }

        @Override
        public boolean retryHelps() {
            return true;
        }
    }

    /** Files of the source (beta) are no longer what the manifest says: somebody edited them after the copy. */
    record ManifestMismatch(String server, String message, List<RelativePath> paths) implements Failure {
        public ManifestMismatch {
            paths = List.copyOf(paths);
        }

        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** What arrived is not what was sent. */
    record ChecksumMismatch(String server, String message, List<RelativePath> paths) implements Failure {
        public ChecksumMismatch {
            paths = List.copyOf(paths);
        }

        @Override
        public boolean retryHelps() {
            return true;
        }
    }

    /** Too little room. The message says how much is needed and how much there is. */
    record NoSpace(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** What was to be written lies on a file system that is mounted read-only. */
    record ReadOnlyFileSystem(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** A directory is missing, is none, or may not be read or written. */
    record DirectoryUnusable(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** Slipway's directory there holds unfinished work for another project directory. */
    record WorkDirectoryTaken(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** The target already has something at a path that the release cannot replace, such as a non-empty directory. */
    record TargetInTheWay(String server, String message, List<RelativePath> paths) implements Failure {
        public TargetInTheWay {
            paths = List.copyOf(paths);
        }

        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** The host lacks a tool that the copy needs; the message names it. */
    record MissingTool(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return false;
        }
    }

    /** A newer holder has raised the target's fence: this one must not write any more. */
    record FencedOff(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return true;
        }
    }

    /** The caller asked to stop; nothing was published by this call after that. */
    record Stopped(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return true;
        }
    }

    /** A remote command failed in a way that nothing above covers. */
    record RemoteError(String server, String message) implements Failure {
        @Override
        public boolean retryHelps() {
            return true;
        }
    }
}
