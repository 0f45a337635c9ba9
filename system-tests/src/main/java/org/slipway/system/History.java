package org.slipway.system;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was noted of one project while something happened to it. Times are of one machine: PostgreSQL, the file systems
 * and the test itself share its clock.
 *
 * @param log all recorded transitions, in the order of their ids
 * @param leases every change of a lease, in order; empty where nobody noted them
 * @param samples servers and their releases as they were at moments in between; empty where nobody looked
 * @param files what a reader saw who looked all the time; empty where nobody looked
 * @param fences the fence records that were seen on targets, in order
 * @param publications when an epoch published on a target, as far as that was seen
 * @param states what the watched files hold, by path as the hash of the content: before the first release, and as each release has them
 * @param calls what callers asked and were told
 * @param disturbances what was done to the system, and until when
 * @param timing how long things may take; {@code null} where that is not checked
 */
public record History(
        List<Move> log,
        List<ReleaseRow> releases,
        List<ServerRow> servers,
        List<RolloutRow> rollouts,
        List<BackupRow> backups,
        List<LeaseChange> leases,
        List<Sample> samples,
        List<FileSeen> files,
        List<FenceSeen> fences,
        List<PublicationSeen> publications,
        List<Map<String, String>> states,
        List<Call> calls,
        List<Disturbance> disturbances,
        @Nullable Timing timing) {

    /** The hash of a file that is not there. */
    public static final String ABSENT = "absent";

    /**
     * A recorded transition.
     *
     * @param name the number of the release, or the name of the server
     * @param release the release that it is about; 0 for none
     * @param from {@code ""} where the thing did not exist before
     */
    public record Move(
            long id,
            String kind,
            long aggregate,
            String name,
            int release,
            long sequence,
            String from,
            String to,
            String service,
            String actor,
            String reason,
            Instant at,
            boolean published) {
        boolean ofServer() {
            return kind.equals("server");
        }
    }

    /** A release as the database has it at the end. */
    public record ReleaseRow(
            long id, int number, String state, long sequence, boolean cancelRequested, long leaseEpoch) {}

    /** A server as the database has it at the end; the state is {@code ""} where it has none. */
    public record ServerRow(
            long id,
            String name,
            String role,
            boolean chosen,
            String state,
            long sequence,
            int release,
            long leaseEpoch,
            @Nullable Instant leaseUntil) {}

    /** A release on one business server. */
    public record RolloutRow(
            int release,
            String server,
            String outcome,
            int attempts,
            long filesSent,
            long filesUnchanged,
            long files) {}

    /** A verified backup. */
    public record BackupRow(int release, String server, Instant verifiedAt) {}

    /** A lease before and after one change of its row; without an owner there is none. */
    public record LeaseChange(
            String kind,
            long aggregate,
            long oldSequence,
            long sequence,
            @Nullable String oldOwner,
            @Nullable Instant oldUntil,
            @Nullable String owner,
            long epoch,
            @Nullable Instant until,
            Instant at) {}

    /**
     * A business server and its release at one moment.
     *
     * @param nextTry whether there is a time for its next try
     */
    public record Sample(
            Instant at, String server, String state, String releaseState, boolean leased, boolean nextTry) {}

    /**
     * A file as it was from {@code changed} on, by the clock of its file system.
     *
     * @param seen when the reader had it
     */
    public record FileSeen(String server, String path, String hash, long inode, Instant changed, Instant seen) {}

    /** A fence record, from {@code raised} on. */
    public record FenceSeen(String server, long epoch, Instant raised) {}

    /** An epoch began to publish on a target. */
    public record PublicationSeen(String server, long epoch, Instant at) {}

    /**
     * Something that was done to the system.
     *
     * @param server the one server that it is about; {@code null} where it is about all
     */
    public record Disturbance(String what, @Nullable String server, Instant from, Instant until) {}

    /** How long things may take: what was set, and what a busy machine is granted beyond. */
    public record Timing(Duration lease, Duration scan, Duration slack) {}
}
