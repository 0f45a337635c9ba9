package org.slipway.production;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;
import org.slipway.model.ReleaseState;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.persistence.DatabaseTrouble;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.Setting;
import org.slipway.persistence.lease.LeaseKeeper;
import org.slipway.persistence.lease.LeaseTimes;
import org.slipway.persistence.lease.Leases;
import org.slipway.persistence.lease.WorkLoop;
import org.slipway.production.Productions.Unsettled;
import org.slipway.runtime.FenceOffs;
import org.slipway.runtime.FencingOff;
import org.slipway.runtime.Hint;
import org.slipway.runtime.Recording;
import org.slipway.runtime.Retries;
import org.slipway.runtime.Trouble;
import org.slipway.runtime.Trouble.Ended;
import org.slipway.runtime.Watcher;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;
import org.slipway.transfer.Host.BackupOrder;
import org.slipway.transfer.Host.BackupResult;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.TransferException;

/** Takes releases through production: the backup under a lease of its own; the rest is looking and deciding. */
@Startup(Setting.FIRST)
@ApplicationScoped
class ProdCoordinator {
    private static final Logger LOG = Logger.getLogger(ProdCoordinator.class);
    private static final Set<ReleaseState> CANCELLED_HERE = EnumSet.of(
            ReleaseState.PRODUCTION_REQUESTED,
            ReleaseState.PRODUCTION_BACKING_UP,
            ReleaseState.PRODUCTION_COPYING,
            ReleaseState.PRODUCTION_FAILED);

    private final Productions productions;
    private final Hosts hosts;
    private final Leases leases;
    private final LeaseTimes times;
    private final Retries retries;
    private final int keepBackups;
    private final Duration grace;
    private final WorkLoop backups;
    private final WorkLoop settlements;
    private final FencingOff fencing;
    private final Set<Long> refused = new HashSet<>();

    ProdCoordinator(
            Productions productions,
            FenceOffs fenceOffs,
            ServiceIdentity self,
            Hosts hosts,
            Leases leases,
            LeaseTimes times,
            Retries retries,
            @ConfigProperty(name = "slipway.scan") Duration scan,
            @ConfigProperty(name = "slipway.backup.keep", defaultValue = "5") int keepBackups,
            @ConfigProperty(name = "slipway.backup.parallel", defaultValue = "4") int parallel,
            @ConfigProperty(name = "slipway.stop-grace", defaultValue = "10S") Duration grace) {
        this.productions = productions;
        this.hosts = hosts;
        this.leases = leases;
        this.times = times;
        this.retries = retries;
        this.keepBackups = Setting.atLeast(0, "slipway.backup.keep", keepBackups);
        this.grace = grace;
        this.backups =
                new WorkLoop("backup", Setting.atLeast(1, "slipway.backup.parallel", parallel), scan, () -> productions
                        .claim()
                        .map(work -> () -> backUp(work)));
        this.settlements = new WorkLoop("settle", 1, scan, this::settleAll);
        this.fencing = new FencingOff(fenceOffs, hosts, self, CANCELLED_HERE, scan, this::lookAgain);
    }

    private void lookAgain() {
        backups.wake();
        settlements.wake();
    }

    void start(@Observes StartupEvent event) {
        backups.start();
        settlements.start();
        fencing.start();
    }

    void giveBack(@Observes ShutdownDelayInitiatedEvent event) {
        backups.askToStop();
        settlements.askToStop();
        fencing.askToStop();
    }

    void stop(@Observes ShutdownEvent event) {
        backups.askToStop();
        fencing.askToStop();
        long deadline = System.nanoTime() + grace.toNanos();
        settlements.stop(grace);
        backups.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        fencing.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }

    /** A hint: some release may be waiting, or want to be cancelled. */
    @Incoming("release-transitions")
    void lookAtReleases(String record) {
        Hint.read(record);
        backups.wake();
        fencing.wake();
    }

    /** A hint: some server may have settled. */
    @Incoming("server-transitions")
    void lookAtServers(String record) {
        Hint.read(record);
        settlements.wake();
        fencing.wake();
    }

    private Optional<Runnable> settleAll() {
        List<Unsettled> releases = productions.toSettle();
        refused.retainAll(releases.stream().map(Unsettled::id).collect(Collectors.toSet()));
        for (Unsettled release : releases) {
            try {
                if (productions.settle(release.id())) {
                    Failpoint.AFTER_SETTLEMENT.passed();
                }
                refused.remove(release.id());
            } catch (RuntimeException e) {
                tell(release, e);
            }
        }
        return Optional.empty();
    }

    /** What does not pass by itself needs a person, who is told once and not at every look. */
    private void tell(Unsettled release, RuntimeException e) {
        if (DatabaseTrouble.passes(e)) {
            LOG.warnf(
                    "project=%s release=%d: cannot be settled at the moment and is looked at again: %s",
                    release.project(), release.release(), e.getMessage());
        } else if (refused.add(release.id())) {
            LOG.errorf(
                    e,
                    "project=%s release=%d: cannot be settled; it stays as it is until the cause is mended",
                    release.project(),
                    release.release());
        }
    }

    private void backUp(BackupWork work) {
        Failpoint.CLAIMED.passed();
        String what = "project=" + work.project() + " release=" + work.release();
        BackupWork.Chosen chosen = work.chosen();
        String server = chosen == null ? work.project() : chosen.address().name();
        try (LeaseKeeper keeper = LeaseKeeper.keep(work.lease(), leases, times, work.claimBegan())) {
            Watcher watcher = new Watcher(keeper, backups);
            Ended<Optional<BackupResult>> ended = Trouble.meet(server, backups::stopping, () -> archive(work, watcher));
            boolean unfenced = watcher.leavesUnfenced(chosen != null && chosen.unfenced());
            Recording.whileHeld(
                    keeper::held,
                    what,
                    () -> record(work, ended, unfenced),
                    bug -> productions.backupFailed(work, Trouble.of(server, bug), unfenced));
            settlements.wake();
            fencing.wake();
        }
    }

    private void record(BackupWork work, Ended<Optional<BackupResult>> ended, boolean unfenced) {
        Failpoint.BEFORE_RECORDING.passed();
        switch (ended) {
            case Ended.Well<Optional<BackupResult>>(Optional<BackupResult> taken) ->
                productions.backedUp(work, taken.orElse(null), taken.isEmpty() && unfenced);
            case Ended.Badly<Optional<BackupResult>>(Trouble trouble)
            when trouble.stopped() ->
                productions.backupStopped(work, retries.restAfterGivingBack(backups.stopping()), unfenced);
            case Ended.Badly<Optional<BackupResult>>(Trouble trouble) ->
                productions.backupFailed(work, trouble, unfenced);
        }
        Failpoint.AFTER_RECORDING.passed();
    }

    /** Takes the backup, or keeps the one that an earlier attempt of the same release verified: the server may be half new by now. */
    private Optional<BackupResult> archive(BackupWork work, Watcher watcher) throws TransferException {
        if (work.alreadyVerified()) {
            return Optional.empty();
        }
        BackupWork.Chosen chosen = work.chosen();
        if (chosen == null) {
            throw new TransferException(
                    new Failure.DirectoryUnusable(
                            work.project(),
                            "No business server of the project has a backup file any more; give one to the chosen server in the inventory."));
        }
        try (Host host = hosts.open(chosen.address())) {
            return Optional.of(host.archive(
                    new BackupOrder(chosen.backupFile(), keepBackups),
                    new Fence(work.lease().owner(), work.lease().epoch()),
                    watcher));
        }
    }
}
