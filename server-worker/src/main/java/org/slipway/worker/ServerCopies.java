package org.slipway.worker;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import org.slipway.model.Journal;
import org.slipway.model.ServerRole;
import org.slipway.model.ServerState;
import org.slipway.persistence.DatabaseClock;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.lease.Lease;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.release.Rollout;
import org.slipway.persistence.release.Rollouts;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;
import org.slipway.persistence.transition.TransitionLog;
import org.slipway.runtime.Retries;
import org.slipway.runtime.Trouble;
import org.slipway.transfer.Host.CopyResult;

/** The transactions of a copy to a business server: claim it, record how it ended. Each is one use case; nothing here touches SSH or Kafka. */
@ApplicationScoped
class ServerCopies {
    private static final Logger LOG = Logger.getLogger(ServerCopies.class);

    private final Servers servers;
    private final Releases releases;
    private final Rollouts rollouts;
    private final JournalEntries journal;
    private final TransitionLog log;
    private final Retries retries;
    private final DatabaseClock clock;

    ServerCopies(
            Servers servers,
            Releases releases,
            Rollouts rollouts,
            JournalEntries journal,
            TransitionLog log,
            Retries retries,
            DatabaseClock clock) {
        this.servers = servers;
        this.releases = releases;
        this.rollouts = rollouts;
        this.journal = journal;
        this.log = log;
        this.retries = retries;
        this.clock = clock;
    }

    /** Takes the server that waits longest, whichever project it is of. One whose worker vanished is given back first, and taken if it still is to be copied. */
    @Transactional
    Optional<ServerCopy> claim() {
        long claimBegan = System.nanoTime();
        Optional<Server> next = servers.lockNextClaimable();
        while (next.isPresent()) {
            Server server = next.get();
            Release release = releases.findById(server.releaseId().orElseThrow());
            if (server.state().orElseThrow() == ServerState.LOCKED) {
                log.release(
                        server, release, "the lease of " + server.leaseOwner().orElse("another worker") + " ran out");
            }
            if (release.cancelRequestedAt().isEmpty()) {
                return Optional.of(lock(server, release, claimBegan));
            }
            rollouts.of(release.id(), server).waits();
            next = servers.lockNextClaimable();
        }
        return Optional.empty();
    }

    /** The server has the release: records it, if this replica still holds the server. */
    @Transactional
    void copied(ServerCopy copy, CopyResult result) {
        held(copy, (server, release) -> {
            rollouts.of(release.id(), server)
                    .done(result.filesSent(), result.bytesSent(), result.filesUnchanged(), clock.now());
            log.clear(
                    server,
                    release,
                    copy.lease().owner(),
                    "has release %d: %d files sent, %d already there"
                            .formatted(release.number(), result.filesSent(), result.filesUnchanged()));
            servers.setUnfenced(server.id(), false);
        });
    }

    /**
     * The copy failed: writes the business-server journal, and lets the server wait for its next try or for a person, if this replica still
     * holds it.
     *
     * @param unfenced whether somebody may still publish there
     */
    @Transactional
    void failed(ServerCopy copy, Trouble trouble, boolean unfenced) {
        held(copy, (server, release) -> {
            String message = trouble.messageFor(server.name());
            Rollout rollout = rollouts.of(release.id(), server);
            rollout.failsOnce();
            switch (retries.after(rollout.tries(), trouble, message)) {
                case Retries.Next.Try _
                when release.cancelRequestedAt().isPresent() -> {
                    rollout.waits();
                    log.release(server, release, "it failed while the release is being cancelled: " + message);
                }
                case Retries.Next.Try next -> {
                    rollout.waits();
                    log.release(server, release, next.pause(), next.reason());
                }
                case Retries.Next.AskPerson _ -> {
                    rollout.ends(Rollout.Outcome.FAILED, clock.now());
                    log.fail(server, release, message);
                }
            }
            // After the move: those of one release come one after the other, so that this sees what others have
            // written.
            write(server, release, rollout, trouble, message);
            servers.setUnfenced(server.id(), unfenced);
        });
    }

    /** What is wrong with beta keeps the release from every server, and its paths are named in the journal of the first. */
    private void write(Server server, Release release, Rollout rollout, Trouble trouble, String message) {
        Optional<String> named = trouble.paths().isEmpty() || trouble.server().equals(server.name())
                ? Optional.empty()
                : journal.whereNamed(release.id(), release.attempt(), trouble.kind(), message);
        journal.write(
                Journal.BUSINESS_SERVER,
                release.id(),
                release.attempt(),
                rollout.tries(),
                server.name(),
                trouble.kind(),
                named.map(first -> "%s The entries of %s name the paths.".formatted(message, first))
                        .orElse(message),
                trouble.retryHelps(),
                named.isPresent() ? List.of() : trouble.paths());
    }

    /**
     * The copy was told to stop: lets the server go if the release is being cancelled and nothing can be written any more, otherwise gives it
     * back.
     *
     * @param unfenced whether somebody may still publish there
     */
    @Transactional
    void stopped(ServerCopy copy, Duration rest, boolean unfenced) {
        held(copy, (server, release) -> {
            boolean cancels = release.cancelRequestedAt().isPresent();
            if (cancels && unfenced) {
                rollouts.of(release.id(), server).waits();
                log.release(server, release, "the release is being cancelled; the server is fenced off first");
            } else if (cancels) {
                rollouts.of(release.id(), server).ends(Rollout.Outcome.CANCELLED, clock.now());
                log.clear(server, release, copy.lease().owner(), "the release is being cancelled");
            } else {
                rollouts.of(release.id(), server).waits();
                log.release(server, release, rest, copy.lease().owner() + " gave it back");
            }
            servers.setUnfenced(server.id(), unfenced);
        });
    }

    private ServerCopy lock(Server server, Release release, long claimBegan) {
        boolean unfenced = server.isUnfenced();
        Lease lease = log.lock(server, release, "taken by a worker");
        rollouts.of(release.id(), server).begins(clock.now());
        return new ServerCopy(
                lease,
                claimBegan,
                release.project().name(),
                release.id(),
                release.number(),
                release.attempt(),
                servers.only(release.project().id(), ServerRole.BETA)
                        .orElseThrow()
                        .address(),
                server.address(),
                unfenced);
    }

    private void held(ServerCopy copy, BiConsumer<Server, Release> record) {
        servers.lockHeld(copy.lease())
                .ifPresentOrElse(
                        server -> record.accept(server, releases.findById(copy.releaseId())),
                        () -> LOG.warnf(
                                "project=%s release=%d server=%s: the lease was lost before the outcome was recorded; the next holder goes on",
                                copy.project(), copy.release(), copy.target().name()));
    }
}
