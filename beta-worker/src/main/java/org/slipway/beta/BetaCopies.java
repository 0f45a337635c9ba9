package org.slipway.beta;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.slipway.model.Journal;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerRole;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.lease.Lease;
import org.slipway.persistence.lease.Leases;
import org.slipway.persistence.release.Manifests;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;
import org.slipway.persistence.transition.TransitionLog;
import org.slipway.runtime.Retries;
import org.slipway.runtime.Trouble;
import org.slipway.transfer.Manifest;

/** The transactions of a copy to beta: claim it, record how it ended. Each is one use case; nothing here touches SSH or Kafka. */
@ApplicationScoped
class BetaCopies {
    private static final Logger LOG = Logger.getLogger(BetaCopies.class);

    private final Releases releases;
    private final Servers servers;
    private final Manifests manifests;
    private final JournalEntries journal;
    private final Leases leases;
    private final TransitionLog log;
    private final Retries retries;
    private final ServiceIdentity self;

    BetaCopies(
            Releases releases,
            Servers servers,
            Manifests manifests,
            JournalEntries journal,
            Leases leases,
            TransitionLog log,
            Retries retries,
            ServiceIdentity self) {
        this.releases = releases;
        this.servers = servers;
        this.manifests = manifests;
        this.journal = journal;
        this.leases = leases;
        this.log = log;
        this.retries = retries;
        this.self = self;
    }

    /**
     * Takes the release that waits longest for its copy to beta; one that is to be cancelled is cancelled instead, once nobody can publish on
     * beta any more.
     */
    @Transactional
    Optional<BetaCopy> claim() {
        long claimBegan = System.nanoTime();
        Optional<Release> next = releases.lockNextClaimable(ReleaseState.BETA_COPYING);
        while (next.isPresent() && next.get().cancelRequestedAt().isPresent()) {
            cancel(next.get());
            next = releases.lockNextClaimable(ReleaseState.BETA_COPYING);
        }
        return next.map(release -> {
            long project = release.project().id();
            Server beta = servers.only(project, ServerRole.BETA).orElseThrow();
            boolean unfenced = beta.isUnfenced();
            Lease lease = leases.leaseRelease(release.id(), self.instance());
            servers.setUnfenced(beta.id(), true);
            return new BetaCopy(
                    lease,
                    claimBegan,
                    release.project().name(),
                    release.number(),
                    release.attempt(),
                    servers.only(project, ServerRole.DEVELOPMENT).orElseThrow().address(),
                    beta.address(),
                    releases.pathsOf(release.id()),
                    beta.id(),
                    unfenced);
        });
    }

    /**
     * Beta has every file: freezes the manifest and moves the release on, if this replica still holds it. Where somebody asked to cancel
     * in the meantime, that wins.
     */
    @Transactional
    void copied(BetaCopy copy, Manifest manifest) {
        held(copy).ifPresent(release -> {
            servers.setUnfenced(copy.betaId(), false);
            if (release.cancelRequestedAt().isPresent()) {
                cancel(release);
                return;
            }
            try (Manifest.Cursor entries = manifest.open()) {
                manifests.freeze(release.id(), entries);
            }
            log.move(
                    release,
                    ReleaseState.BETA_COPIED,
                    self.instance(),
                    "beta holds all %d entries".formatted(manifest.entries()));
        });
    }

    /**
     * The copy failed: writes the beta-copy journal and has the release tried again or moves it on, if this replica still holds it.
     *
     * @param unfenced whether somebody may still publish on beta
     */
    @Transactional
    void failed(BetaCopy copy, Trouble trouble, boolean unfenced) {
        held(copy).ifPresent(release -> {
            servers.setUnfenced(copy.betaId(), unfenced);
            releases.countTry(release);
            write(release, trouble);
            trouble.besides().forEach(besides -> write(release, besides));
            if (release.cancelRequestedAt().isPresent()) {
                cancelOnceFenced(copy, release, unfenced);
                return;
            }
            switch (retries.after(release.tries(), trouble, trouble.message())) {
                case Retries.Next.Try next -> {
                    releases.giveBack(copy.lease(), next.pause());
                    log.onceCommitted(() ->
                            LOG.warnf("project=%s release=%d: %s", copy.project(), copy.release(), next.reason()));
                }
                case Retries.Next.AskPerson _ ->
                    log.move(release, ReleaseState.BETA_COPY_FAILED, self.instance(), trouble.message());
            }
        });
    }

    private void write(Release release, Trouble trouble) {
        journal.write(
                Journal.BETA_COPY,
                release.id(),
                release.attempt(),
                release.tries(),
                trouble.server(),
                trouble.kind(),
                trouble.message(),
                trouble.retryHelps(),
                trouble.paths());
    }

    /**
     * The copy was told to stop: cancels the release if that was asked for, otherwise lets anyone take it.
     *
     * @param unfenced whether somebody may still publish on beta
     */
    @Transactional
    void stopped(BetaCopy copy, Duration rest, boolean unfenced) {
        held(copy).ifPresent(release -> {
            servers.setUnfenced(copy.betaId(), unfenced);
            if (release.cancelRequestedAt().isPresent()) {
                cancelOnceFenced(copy, release, unfenced);
            } else {
                releases.giveBack(copy.lease(), rest);
            }
        });
    }

    private void cancelOnceFenced(BetaCopy copy, Release release, boolean unfenced) {
        if (unfenced) {
            releases.giveBack(copy.lease(), Duration.ZERO);
        } else {
            cancel(release);
        }
    }

    private void cancel(Release release) {
        log.move(
                release,
                ReleaseState.CANCELLED,
                release.cancelRequestedBy().orElse(self.instance()),
                release.cancelReason().orElse("cancelled on request"));
    }

    private Optional<Release> held(BetaCopy copy) {
        Optional<Release> release = releases.lockHeld(copy.lease());
        if (release.isEmpty()) {
            LOG.warnf(
                    "project=%s release=%d: the lease was lost before the outcome was recorded; the next holder goes on",
                    copy.project(), copy.release());
        }
        return release;
    }
}
