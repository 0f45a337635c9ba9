package org.slipway.production;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Journal;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.persistence.DatabaseClock;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.lease.Lease;
import org.slipway.persistence.lease.Leases;
import org.slipway.persistence.release.Backup;
import org.slipway.persistence.release.Backups;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.release.Rollout;
import org.slipway.persistence.release.Rollouts;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;
import org.slipway.persistence.transition.TransitionLog;
import org.slipway.runtime.Retries;
import org.slipway.runtime.Trouble;
import org.slipway.transfer.Host.BackupResult;

/** The transactions of a release's way through production. Each is one use case; nothing here touches SSH or Kafka. */
@ApplicationScoped
class Productions {
    private static final Logger LOG = Logger.getLogger(Productions.class);

    private final Releases releases;
    private final Servers servers;
    private final Rollouts rollouts;
    private final Backups backups;
    private final JournalEntries journal;
    private final Leases leases;
    private final TransitionLog log;
    private final Retries retries;
    private final ServiceIdentity self;
    private final DatabaseClock clock;

    Productions(
            Releases releases,
            Servers servers,
            Rollouts rollouts,
            Backups backups,
            JournalEntries journal,
            Leases leases,
            TransitionLog log,
            Retries retries,
            ServiceIdentity self,
            DatabaseClock clock) {
        this.releases = releases;
        this.servers = servers;
        this.rollouts = rollouts;
        this.backups = backups;
        this.journal = journal;
        this.leases = leases;
        this.log = log;
        this.retries = retries;
        this.self = self;
        this.clock = clock;
    }

    /** Takes the next release that waits for its backup: newly asked for, or left by a coordinator whose lease ran out. */
    @Transactional
    Optional<BackupWork> claim() {
        long claimBegan = System.nanoTime();
        Optional<Release> next = lockNext();
        while (next.isPresent() && next.get().cancelRequestedAt().isPresent()) {
            letGo(next.get());
            cancel(next.get());
            next = lockNext();
        }
        return next.map(release -> {
            if (release.state() == ReleaseState.PRODUCTION_REQUESTED) {
                log.move(release, ReleaseState.PRODUCTION_BACKING_UP, self.instance(), "taken by " + self.instance());
            }
            Lease lease = leases.leaseRelease(release.id(), self.instance());
            Optional<BackupWork.Chosen> chosen = servers.chosen(
                            release.project().id())
                    .map(server -> new BackupWork.Chosen(
                            server.id(), server.address(), server.backupFile().orElseThrow(), server.isUnfenced()));
            boolean verified = backups.ofRelease(release.id()).isPresent();
            if (!verified) {
                chosen.ifPresent(toBackUp -> servers.setUnfenced(toBackUp.serverId(), true));
            }
            return new BackupWork(
                    lease, claimBegan, release.project().name(), release.number(), verified, chosen.orElse(null));
        });
    }

    /**
     * The backup is verified: records it, and sets every business server that still needs the release to waiting.
     *
     * @param taken {@code null} where that of an earlier attempt is kept
     * @param unfenced whether somebody may still publish on the chosen server
     */
    @Transactional
    void backedUp(BackupWork work, @Nullable BackupResult taken, boolean unfenced) {
        held(work).ifPresent(release -> {
            tellFence(work, unfenced);
            if (taken != null) {
                backups.persist(new Backup(
                        release.id(),
                        Objects.requireNonNull(work.chosen()).serverId(),
                        taken.file(),
                        taken.sizeBytes(),
                        taken.sha256(),
                        taken.entries(),
                        clock.now()));
            }
            if (release.cancelRequestedAt().isPresent()) {
                letGoAndCancel(release, work.lease());
                return;
            }
            List<Server> needing = needing(release);
            log.move(
                    release,
                    ReleaseState.PRODUCTION_COPYING,
                    self.instance(),
                    taken != null
                            ? "backup verified, %d servers to copy".formatted(needing.size())
                            : "the verified backup of an earlier attempt is kept, %d servers to copy"
                                    .formatted(needing.size()));
            for (Server server : needing) {
                rollouts.of(release.id(), server).isWanted();
                log.wait(server, release, self.instance(), "needs release " + release.number());
            }
        });
    }

    /**
     * The backup failed: writes the production-copy journal, and has it tried again where that can help. No server was touched.
     *
     * @param unfenced whether somebody may still put an archive into place on the chosen server
     */
    @Transactional
    void backupFailed(BackupWork work, Trouble trouble, boolean unfenced) {
        held(work).ifPresent(release -> {
            tellFence(work, unfenced);
            releases.countTry(release);
            journal.write(
                    Journal.PRODUCTION_COPY,
                    release.id(),
                    release.attempt(),
                    release.tries(),
                    trouble.server(),
                    trouble.kind(),
                    "The backup failed, no business server was touched: " + trouble.message(),
                    trouble.retryHelps(),
                    trouble.paths());
            if (release.cancelRequestedAt().isPresent()) {
                letGoAndCancel(release, work.lease());
                return;
            }
            switch (retries.after(release.tries(), trouble, trouble.message())) {
                case Retries.Next.Try next -> {
                    releases.giveBack(work.lease(), next.pause());
                    log.onceCommitted(() -> LOG.warnf(
                            "project=%s release=%d: backup: %s", work.project(), work.release(), next.reason()));
                }
                case Retries.Next.AskPerson _ ->
                    log.move(
                            release,
                            ReleaseState.PRODUCTION_FAILED,
                            self.instance(),
                            "the backup failed, no business server was touched: " + trouble.message());
            }
        });
    }

    /**
     * The backup was told to stop: cancels the release if that was asked for, otherwise lets anyone take it.
     *
     * @param unfenced whether somebody may still put an archive into place on the chosen server
     */
    @Transactional
    void backupStopped(BackupWork work, Duration rest, boolean unfenced) {
        held(work).ifPresent(release -> {
            tellFence(work, unfenced);
            if (release.cancelRequestedAt().isPresent()) {
                letGoAndCancel(release, work.lease());
            } else {
                releases.giveBack(work.lease(), rest);
            }
        });
    }

    private void tellFence(BackupWork work, boolean unfenced) {
        if (work.chosen() != null) {
            servers.setUnfenced(work.chosen().serverId(), unfenced);
        }
    }

    /** The releases that may have settled: those being copied, and failed ones that somebody asked to cancel. */
    @Transactional
    List<Unsettled> toSettle() {
        List<Long> ids = new ArrayList<>(releases.idsIn(ReleaseState.PRODUCTION_COPYING));
        ids.addAll(releases.idsToCancelIn(ReleaseState.PRODUCTION_FAILED));
        return ids.stream()
                .map(releases::findById)
                .map(release -> new Unsettled(release.id(), release.project().name(), release.number()))
                .toList();
    }

    /** A release that may have settled. */
    record Unsettled(long id, String project, int release) {}

    /** Looks at the servers of one release, and moves it on if nothing is in flight any more; whether this call did. */
    @Transactional
    boolean settle(long releaseId) {
        boolean settled = releases.lockIn(releaseId, ReleaseState.PRODUCTION_FAILED)
                .filter(release -> release.cancelRequestedAt().isPresent())
                .or(() -> releases.lockIn(releaseId, ReleaseState.PRODUCTION_COPYING))
                .filter(this::settle)
                .isPresent();
        if (settled) {
            Failpoint.BEFORE_SETTLEMENT.passed();
        }
        return settled;
    }

    private boolean settle(Release release) {
        boolean cancelRequested = release.cancelRequestedAt().isPresent();
        ReleaseState before = release.state();
        List<ServerState> states = states(release, cancelRequested);
        boolean unfenced =
                cancelRequested && servers.anyUnfenced(release.project().id());
        switch (Settlement.of(cancelRequested, unfenced, states)) {
            case Settlement.Wait() -> {}
            case Settlement.LetGo(boolean ends) -> {
                letGo(release);
                if (ends) {
                    cancel(release);
                }
            }
            case Settlement.Fail() -> fail(release);
            case Settlement.Complete() -> complete(release);
        }
        return release.state() != before;
    }

    /**
     * Servers that are to be let go are locked, so that no worker takes one in between. Otherwise they are only looked at: a worker
     * passes over a locked row, and would leave a waiting server waiting until its next scan.
     */
    private List<ServerState> states(Release release, boolean lock) {
        return lock
                ? servers.lockOfRelease(release.id()).stream()
                        .map(server -> server.state().orElseThrow())
                        .toList()
                : servers.statesOfRelease(release.id());
    }

    private void complete(Release release) {
        List<Server> needing = needing(release);
        if (needing.isEmpty()) {
            log.move(release, ReleaseState.COMPLETED, self.instance(), "every business server has the release");
            return;
        }
        for (Server server : needing) {
            rollouts.of(release.id(), server).isWanted();
            log.wait(server, release, self.instance(), "needs release " + release.number());
        }
    }

    private void fail(Release release) {
        List<Rollout> all = rollouts.ofRelease(release.id()).stream()
                .filter(rollout -> !rollout.server().isRetired())
                .toList();
        List<String> failed = all.stream()
                .filter(rollout -> rollout.outcome() == Rollout.Outcome.FAILED)
                .map(rollout -> rollout.server().name())
                .toList();
        long done = all.stream()
                .filter(rollout -> rollout.outcome() == Rollout.Outcome.DONE)
                .count();
        Map<String, Boolean> retryHelps = journal.retryHelps(release.id(), release.attempt());
        for (String server : failed) {
            boolean helps = retryHelps.getOrDefault(server, false);
            journal.write(
                    Journal.PRODUCTION_COPY,
                    release.id(),
                    release.attempt(),
                    null,
                    server,
                    "SERVER_FAILED",
                    (helps
                                    ? "%s does not have the release; the business-server journal says why. A retry may help, and copies only the servers without the release."
                                    : "%s does not have the release; the business-server journal says what to do about it. A retry after that copies only the servers without the release.")
                            .formatted(server),
                    helps,
                    List.of());
        }
        log.move(
                release,
                ReleaseState.PRODUCTION_FAILED,
                self.instance(),
                "%d of %d servers have the release, failed: %s".formatted(done, all.size(), String.join(", ", failed)));
    }

    /** Cancels a release whose holder has come to his end, or gives it back until nobody can publish for it any more. */
    private void letGoAndCancel(Release release, Lease lease) {
        letGo(release);
        if (servers.anyUnfenced(release.project().id())) {
            releases.giveBack(lease, Duration.ZERO);
        } else {
            cancel(release);
        }
    }

    /**
     * Waiting and failed servers have nothing to do with the release any more; one that is being copied is left to its worker, and one on
     * which somebody may still publish is fenced off first.
     */
    private void letGo(Release release) {
        String actor = release.cancelRequestedBy().orElse(self.instance());
        for (Server server : servers.lockOfRelease(release.id())) {
            ServerState state = server.state().orElseThrow();
            if (!server.isUnfenced() && (state == ServerState.COPYING || state == ServerState.ERROR)) {
                rollouts.of(release.id(), server).ends(Rollout.Outcome.CANCELLED, clock.now());
                log.clear(server, release, actor, "the release is being cancelled");
            }
        }
    }

    private void cancel(Release release) {
        log.move(
                release,
                ReleaseState.CANCELLED,
                release.cancelRequestedBy().orElse(self.instance()),
                release.cancelReason().orElse("cancelled on request"));
    }

    /** The business servers without the release, locked. */
    private List<Server> needing(Release release) {
        List<Server> locked = servers.lockBusinessServers(release.project().id());
        Set<Long> done = rollouts.serversWith(release.id());
        return locked.stream().filter(server -> !done.contains(server.id())).toList();
    }

    private Optional<Release> lockNext() {
        return releases.lockNextClaimable(ReleaseState.PRODUCTION_REQUESTED)
                .or(() -> releases.lockNextClaimable(ReleaseState.PRODUCTION_BACKING_UP));
    }

    private Optional<Release> held(BackupWork work) {
        Optional<Release> release = releases.lockHeld(work.lease());
        if (release.isEmpty()) {
            LOG.warnf(
                    "project=%s release=%d: the lease was lost before the outcome was recorded; the next holder goes on",
                    work.project(), work.release());
        }
        return release;
    }
}
