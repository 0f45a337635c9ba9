package org.slipway.worker;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.model.message.ServerTransitioned;
import org.slipway.persistence.Setting;
import org.slipway.persistence.lease.LeaseKeeper;
import org.slipway.persistence.lease.LeaseTimes;
import org.slipway.persistence.lease.Leases;
import org.slipway.persistence.lease.WorkLoop;
import org.slipway.runtime.Hint;
import org.slipway.runtime.ProgressTeller;
import org.slipway.runtime.Recording;
import org.slipway.runtime.Retries;
import org.slipway.runtime.Trouble;
import org.slipway.runtime.Trouble.Ended;
import org.slipway.runtime.Watcher;
import org.slipway.transfer.Host;
import org.slipway.transfer.Host.CopyResult;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.TransferException;

/** Worker 2: takes any business server that waits, copies the release to it from beta, and looks for the next. */
@Startup(Setting.BEFORE_WORK)
@ApplicationScoped
class ServerWorker {
    private final ServerCopies copies;
    private final BetaContents contents;
    private final Hosts hosts;
    private final Leases leases;
    private final LeaseTimes times;
    private final Retries retries;
    private final ProgressTeller progress;
    private final Duration grace;
    private final WorkLoop loop;

    ServerWorker(
            ServerCopies copies,
            BetaContents contents,
            Hosts hosts,
            Leases leases,
            LeaseTimes times,
            Retries retries,
            @Channel("copy-progress") @OnOverflow(OnOverflow.Strategy.DROP) Emitter<Record<String, String>> progress,
            Clock clock,
            @ConfigProperty(name = "slipway.scan") Duration scan,
            @ConfigProperty(name = "slipway.worker.parallel-copies") Optional<Integer> parallel,
            @ConfigProperty(name = "slipway.stop-grace", defaultValue = "10S") Duration grace) {
        this.copies = copies;
        this.contents = contents;
        this.hosts = hosts;
        this.leases = leases;
        this.times = times;
        this.retries = retries;
        this.progress = new ProgressTeller(Service.SERVER_WORKER, progress, clock);
        this.grace = grace;
        int atOnce = parallel.orElseGet(() -> Math.max(2, Runtime.getRuntime().availableProcessors()));
        this.loop = new WorkLoop(
                "server-copy", Setting.atLeast(1, "slipway.worker.parallel-copies", atOnce), scan, () -> copies.claim()
                        .map(copy -> () -> work(copy)));
    }

    void start(@Observes StartupEvent event) {
        loop.start();
    }

    void giveBack(@Observes ShutdownDelayInitiatedEvent event) {
        loop.askToStop();
    }

    void stop(@Observes ShutdownEvent event) {
        loop.stop(grace);
    }

    /** A hint: some server may be waiting. */
    @Incoming("server-transitions")
    void look(String record) {
        if (Hint.read(record) instanceof ServerTransitioned moved && moved.to() == ServerState.COPYING) {
            loop.wake();
        }
    }

    private void work(ServerCopy copy) {
        Failpoint.CLAIMED.passed();
        String what = "project=%s release=%d server=%s"
                .formatted(copy.project(), copy.release(), copy.target().name());
        try (LeaseKeeper keeper = LeaseKeeper.keep(copy.lease(), leases, times, copy.claimBegan())) {
            Watcher watcher = watcher(copy, keeper);
            Ended<CopyResult> ended = Trouble.meet(copy.target().name(), loop::stopping, () -> copy(copy, watcher));
            boolean unfenced = watcher.leavesUnfenced(copy.unfenced());
            Recording.whileHeld(
                    keeper::held,
                    what,
                    () -> record(copy, ended, unfenced),
                    bug -> copies.failed(copy, Trouble.of(copy.target().name(), bug), unfenced));
        }
    }

    private Watcher watcher(ServerCopy copy, LeaseKeeper keeper) {
        return progress.watcher(keeper, loop, copy.project(), copy.target().name(), copy.release(), copy.attempt());
    }

    private void record(ServerCopy copy, Ended<CopyResult> ended, boolean unfenced) {
        Failpoint.BEFORE_RECORDING.passed();
        switch (ended) {
            case Ended.Well<CopyResult>(CopyResult result) -> copies.copied(copy, result);
            case Ended.Badly<CopyResult>(Trouble trouble)
            when trouble.stopped() -> copies.stopped(copy, retries.restAfterGivingBack(loop.stopping()), unfenced);
            case Ended.Badly<CopyResult>(Trouble trouble) -> copies.failed(copy, trouble, unfenced);
        }
        Failpoint.AFTER_RECORDING.passed();
    }

    private CopyResult copy(ServerCopy copy, Watcher watcher) throws TransferException {
        BetaContents.Release release = contents.of(copy);
        Manifest manifest = release.manifest(watcher);
        Failpoint.MANIFEST_READ.passed();
        try (Host target = hosts.open(copy.target())) {
            return target.copy(
                    manifest,
                    release.contents(),
                    new Fence(copy.lease().owner(), copy.lease().epoch()),
                    watcher);
        }
    }
}
