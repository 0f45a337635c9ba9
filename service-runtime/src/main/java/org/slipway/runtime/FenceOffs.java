package org.slipway.runtime;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.slipway.model.HostAddress;
import org.slipway.model.Journal;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerRole;
import org.slipway.persistence.DatabaseClock;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.lease.LeaseTimes;
import org.slipway.persistence.lease.Leases;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;

/**
 * The transactions around a server that is fenced off before its release is cancelled. Raising a fence to a new epoch may be done by
 * anyone and twice, so there is no lease: whoever takes a server keeps others from it for a while, and it does not matter if that is too
 * short.
 */
@ApplicationScoped
public class FenceOffs {
    private final Servers servers;
    private final Releases releases;
    private final JournalEntries journal;
    private final Leases leases;
    private final LeaseTimes times;
    private final Retries retries;
    private final DatabaseClock clock;

    FenceOffs(
            Servers servers,
            Releases releases,
            JournalEntries journal,
            Leases leases,
            LeaseTimes times,
            Retries retries,
            DatabaseClock clock) {
        this.servers = servers;
        this.releases = releases;
        this.journal = journal;
        this.leases = leases;
        this.times = times;
        this.retries = retries;
        this.clock = clock;
    }

    /**
     * A server that is to be fenced off.
     *
     * @param takenUnder the epoch under which it was taken last
     * @param epoch the one to raise the fence to
     */
    record FenceOff(
            long serverId,
            HostAddress target,
            long takenUnder,
            long epoch,
            long releaseId,
            String project,
            int release) {}

    /** Takes the next one whose release is in one of these states. */
    @Transactional
    Optional<FenceOff> claim(Collection<ReleaseState> states) {
        return servers.lockNextToFenceOff(states).map(server -> {
            servers.postpone(server, times.length());
            Release release = releases.unfinished(server.project().id()).orElseThrow();
            return new FenceOff(
                    server.id(),
                    server.address(),
                    server.leaseEpoch(),
                    leases.nextEpoch(),
                    release.id(),
                    release.project().name(),
                    release.number());
        });
    }

    /** Nobody who came before publishes there any more. Says nothing if somebody came after. */
    @Transactional
    void done(FenceOff work) {
        pending(work).ifPresent(release -> servers.setUnfenced(work.serverId(), false));
    }

    /**
     * The server could not be told: the release is not cancelled before it is. A person reads why, once for each address and kind of failure, and it is
     * tried again after as long as the cancel has taken so far, within the waits between tries; at once where the inventory was mended
     * meanwhile.
     */
    @Transactional
    void failed(FenceOff work, Trouble trouble) {
        pending(work).ifPresent(release -> {
            Server server = servers.findById(work.serverId());
            String beginning =
                    "The release is cancelled as soon as %s (%s:%d) can be told to refuse what a worker that is not heard of may still publish there: "
                            .formatted(
                                    server.name(),
                                    work.target().host(),
                                    work.target().port());
            if (!journal.has(release.id(), server.name(), trouble.kind(), beginning)) {
                journal.write(
                        server.role() == ServerRole.BETA ? Journal.BETA_COPY : Journal.PRODUCTION_COPY,
                        release.id(),
                        release.attempt(),
                        null,
                        server.name(),
                        trouble.kind(),
                        beginning + trouble.messageFor(server.name()),
                        trouble.retryHelps(),
                        trouble.paths());
            }
            if (server.address().equals(work.target())) {
                Duration since = Duration.between(release.cancelRequestedAt().orElseThrow(), clock.now());
                servers.postpone(server, retries.untilNextAfter(since));
            }
        });
    }

    /** It was told to stop, and may be taken by anyone at once. */
    @Transactional
    void stopped(FenceOff work) {
        pending(work).ifPresent(release -> servers.postpone(servers.findById(work.serverId()), Duration.ZERO));
    }

    private Optional<Release> pending(FenceOff work) {
        return releases.lockToBeCancelled(work.releaseId()).filter(release -> {
            Server server = servers.lock(work.serverId());
            return server.isUnfenced() && server.leaseOwner().isEmpty() && server.leaseEpoch() == work.takenUnder();
        });
    }
}
