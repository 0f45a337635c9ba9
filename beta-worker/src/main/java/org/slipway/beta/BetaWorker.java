package org.slipway.beta;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.model.ReleaseState;
import org.slipway.model.Service;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.model.message.ReleaseTransitioned;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.Setting;
import org.slipway.persistence.lease.LeaseKeeper;
import org.slipway.persistence.lease.LeaseTimes;
import org.slipway.persistence.lease.Leases;
import org.slipway.persistence.lease.WorkLoop;
import org.slipway.runtime.FenceOffs;
import org.slipway.runtime.FencingOff;
import org.slipway.runtime.Hint;
import org.slipway.runtime.ProgressTeller;
import org.slipway.runtime.Recording;
import org.slipway.runtime.Retries;
import org.slipway.runtime.Trouble;
import org.slipway.runtime.Trouble.Ended;
import org.slipway.runtime.Watcher;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;
import org.slipway.transfer.Host.CopyWatcher;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.Listing;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.ManifestFile;
import org.slipway.transfer.TransferException;

/** Worker 1: copies releases from the development server to beta, as long as there are any to copy. */
@Startup(Setting.BEFORE_WORK)
@ApplicationScoped
class BetaWorker {
    private static final int HASHED_AT_ONCE = 10_000;
    private static final int MOST_NAMED = 20;

    private final BetaCopies copies;
    private final Hosts hosts;
    private final Leases leases;
    private final LeaseTimes times;
    private final Retries retries;
    private final ProgressTeller progress;
    private final WorkLoop loop;
    private final FencingOff fencing;
    private final Duration grace;

    BetaWorker(
            BetaCopies copies,
            FenceOffs fenceOffs,
            ServiceIdentity self,
            Hosts hosts,
            Leases leases,
            LeaseTimes times,
            Retries retries,
            @Channel("copy-progress") @OnOverflow(OnOverflow.Strategy.DROP) Emitter<Record<String, String>> progress,
            Clock clock,
            @ConfigProperty(name = "slipway.scan") Duration scan,
            @ConfigProperty(name = "slipway.beta.parallel-copies", defaultValue = "2") int parallel,
            @ConfigProperty(name = "slipway.stop-grace", defaultValue = "10S") Duration grace) {
        this.copies = copies;
        this.hosts = hosts;
        this.leases = leases;
        this.times = times;
        this.retries = retries;
        this.progress = new ProgressTeller(Service.BETA_WORKER, progress, clock);
        this.grace = grace;
        this.loop = new WorkLoop(
                "beta-copy", Setting.atLeast(1, "slipway.beta.parallel-copies", parallel), scan, () -> copies.claim()
                        .map(copy -> () -> work(copy)));
        this.fencing = new FencingOff(fenceOffs, hosts, self, Set.of(ReleaseState.BETA_COPYING), scan, loop::wake);
    }

    void start(@Observes StartupEvent event) {
        loop.start();
        fencing.start();
    }

    void giveBack(@Observes ShutdownDelayInitiatedEvent event) {
        loop.askToStop();
        fencing.askToStop();
    }

    void stop(@Observes ShutdownEvent event) {
        long deadline = System.nanoTime() + grace.toNanos();
        fencing.askToStop();
        loop.stop(grace);
        fencing.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }

    /** A hint: some release may be waiting. */
    @Incoming("release-transitions")
    void look(String record) {
        if (Hint.read(record) instanceof ReleaseTransitioned moved && moved.to() == ReleaseState.BETA_COPYING) {
            loop.wake();
            fencing.wake();
        }
    }

    private void work(BetaCopy copy) {
        Failpoint.CLAIMED.passed();
        String what = "project=" + copy.project() + " release=" + copy.release();
        try (ManifestFile manifest = ManifestFile.create();
                LeaseKeeper keeper = LeaseKeeper.keep(copy.lease(), leases, times, copy.claimBegan())) {
            Watcher watcher = watcher(copy, keeper);
            Ended<Manifest> ended =
                    Trouble.meet(copy.beta().name(), loop::stopping, () -> copy(copy, manifest, watcher));
            boolean unfenced = watcher.leavesUnfenced(copy.unfenced());
            Recording.whileHeld(
                    keeper::held,
                    what,
                    () -> record(copy, ended, unfenced),
                    bug -> copies.failed(copy, Trouble.of(copy.beta().name(), bug), unfenced));
            if (unfenced) {
                fencing.wake();
            }
        }
    }

    private Watcher watcher(BetaCopy copy, LeaseKeeper keeper) {
        return progress.watcher(keeper, loop, copy.project(), copy.beta().name(), copy.release(), copy.attempt());
    }

    private void record(BetaCopy copy, Ended<Manifest> ended, boolean unfenced) {
        Failpoint.BEFORE_RECORDING.passed();
        switch (ended) {
            case Ended.Well<Manifest>(Manifest manifest) -> copies.copied(copy, manifest);
            case Ended.Badly<Manifest>(Trouble trouble)
            when trouble.stopped() -> copies.stopped(copy, retries.restAfterGivingBack(loop.stopping()), unfenced);
            case Ended.Badly<Manifest>(Trouble trouble) -> copies.failed(copy, trouble, unfenced);
        }
        Failpoint.AFTER_RECORDING.passed();
    }

    /** Lists and hashes the paths on development, and brings beta to them. Nothing on beta is touched before all paths are known to exist. */
    private Manifest copy(BetaCopy copy, ManifestFile manifest, Watcher watcher) throws TransferException {
        try (Host development = hosts.open(copy.development());
                ManifestFile listed = ManifestFile.create()) {
            requireAll(copy, development.list(copy.paths(), listed::add, watcher));
            Failpoint.LISTED.passed();
            hash(copy, development, listed, manifest, watcher);
            Failpoint.HASHED.passed();
            try (Host beta = hosts.open(copy.beta())) {
                beta.copy(
                        manifest,
                        development,
                        new Fence(copy.lease().owner(), copy.lease().epoch()),
                        watcher);
            }
            return manifest;
        }
    }

    private static void hash(
            BetaCopy copy, Host development, Manifest listed, ManifestFile manifest, CopyWatcher watcher)
            throws TransferException {
        List<RelativePath> unhashed = new ArrayList<>();
        try (Manifest.Cursor cursor = listed.open()) {
            while (cursor.hasNext()) {
                List<FileEntry> some = cursor.next(HASHED_AT_ONCE);
                Map<RelativePath, String> hashes = development.hash(
                        some.stream()
                                .filter(entry -> entry.type() == EntryType.FILE)
                                .toList(),
                        watcher);
                for (FileEntry entry : some) {
                    String hash = hashes.get(entry.path());
                    if (entry.type() != EntryType.FILE) {
                        manifest.add(entry);
                    } else if (hash != null) {
                        manifest.add(entry.withSha256(hash));
                    } else {
                        unhashed.add(entry.path());
                    }
                }
            }
        }
        if (!unhashed.isEmpty()) {
            throw whyNotHashed(copy, development, unhashed, watcher);
        }
    }

    /** A look once more tells what may not be read from what was taken away or written in the moment in which it was read. */
    private static TransferException whyNotHashed(
            BetaCopy copy, Host development, List<RelativePath> unhashed, CopyWatcher watcher)
            throws TransferException {
        Listing again = development.list(unhashed, Host.Hashing.ALL, watcher);
        if (!again.refused().isEmpty()) {
            return unsupported(copy, again.refused());
        }
        String server = copy.development().name();
        return new TransferException(new Failure.SourceChanged(
                server,
                "%s on %s changed or vanished while the release was read: %s. Try again when nobody works there."
                        .formatted(counted(unhashed.size(), "file"), server, named(unhashed.stream())),
                unhashed));
    }

    private static void requireAll(BetaCopy copy, Listing.Gaps gaps) throws TransferException {
        boolean carried = gaps.refused().isEmpty();
        if (gaps.missing().isEmpty()) {
            if (!carried) {
                throw unsupported(copy, gaps.refused());
            }
            return;
        }
        String server = copy.development().name();
        TransferException missing = new TransferException(new Failure.MissingPaths(
                server,
                "Not found in %s on %s. Put it there and retry, or cancel and make a release without it.%s"
                        .formatted(
                                copy.development().projectDirectory(),
                                server,
                                carried
                                        ? ""
                                        : " Besides, %s there cannot be released; see the journal."
                                                .formatted(
                                                        counted(gaps.refused().size(), "thing"))),
                gaps.missing()));
        if (!carried) {
            missing.addSuppressed(unsupported(copy, gaps.refused()));
        }
        throw missing;
    }

    /** What is no path has no entry of its own in the journal, so the message names that first. */
    private static TransferException unsupported(BetaCopy copy, List<Listing.Refused> refused) {
        List<RelativePath> paths = new ArrayList<>();
        List<Listing.Refused> named = new ArrayList<>();
        List<Listing.Refused> others = new ArrayList<>();
        for (Listing.Refused one : refused) {
            try {
                paths.add(new RelativePath(one.path()));
                named.add(one);
            } catch (RelativePath.InvalidPathException e) {
                others.add(one);
            }
        }
        String server = copy.development().name();
        return new TransferException(new Failure.Unsupported(
                server,
                "%s on %s cannot be released: %s. Remove or mend what is named, then retry."
                        .formatted(
                                counted(refused.size(), "thing"),
                                server,
                                named(Stream.concat(others.stream(), named.stream())
                                        .map(one -> one.path() + " (" + one.why() + ")"))),
                paths));
    }

    private static String counted(int count, String what) {
        return count == 1 ? "1 " + what : "%,d %ss".formatted(count, what);
    }

    private static String named(Stream<?> things) {
        List<String> all = things.map(Object::toString).toList();
        String named = String.join("; ", all.subList(0, Math.min(all.size(), MOST_NAMED)));
        return all.size() <= MOST_NAMED ? named : "%s; and %d more".formatted(named, all.size() - MOST_NAMED);
    }
}
