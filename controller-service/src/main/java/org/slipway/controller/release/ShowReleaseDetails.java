package org.slipway.controller.release;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Links;
import org.slipway.controller.body.Page;
import org.slipway.controller.journal.JournalView;
import org.slipway.controller.progress.LatestProgress;
import org.slipway.controller.progress.Progress;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.model.Service;
import org.slipway.persistence.DatabaseClock;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.journal.JournalEntry;
import org.slipway.persistence.presence.ServiceInstances;
import org.slipway.persistence.release.Manifests;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Rollout;
import org.slipway.persistence.release.Rollouts;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.transition.Transition;
import org.slipway.persistence.transition.Transitions;

/** Shows what belongs to one release: its transitions, journal, files and rollouts. */
@ApplicationScoped
@Transactional
class ShowReleaseDetails {
    private final ShowReleases releases;
    private final Transitions transitions;
    private final JournalEntries journal;
    private final Manifests manifests;
    private final Rollouts rollouts;
    private final LatestProgress latest;
    private final ServiceInstances instances;
    private final DatabaseClock clock;

    ShowReleaseDetails(
            ShowReleases releases,
            Transitions transitions,
            JournalEntries journal,
            Manifests manifests,
            Rollouts rollouts,
            LatestProgress latest,
            ServiceInstances instances,
            DatabaseClock clock) {
        this.releases = releases;
        this.transitions = transitions;
        this.journal = journal;
        this.manifests = manifests;
        this.rollouts = rollouts;
        this.latest = latest;
        this.instances = instances;
        this.clock = clock;
    }

    TransitionsView transitions(String project, String number, long after, int limit) {
        Release release = releases.find(project, number);
        Page<Transition> page =
                Page.of(transitions.ofRelease(release.project().id(), release.number(), after, limit + 1), limit);
        return new TransitionsView(
                page.map(TransitionsView.Entry::of), page.next(last -> next(release, "transitions", limit, last.id())));
    }

    JournalView journal(String project, String number, long after, int limit) {
        Release release = releases.find(project, number);
        Page<JournalEntry> page = Page.of(journal.ofRelease(release.id(), after, limit + 1), limit);
        return new JournalView(
                page.map(entry -> JournalView.Entry.of(entry, release.number())),
                page.next(last -> next(release, "journal", limit, last.id())));
    }

    FilesView files(String project, String number, @Nullable RelativePath after, int limit) {
        Release release = releases.find(project, number);
        Page<FileEntry> page = Page.of(manifests.page(release.id(), after, limit + 1), limit);
        return new FilesView(
                page.map(FilesView.Entry::of), page.next(last -> next(release, "files", limit, last.path())));
    }

    RolloutsView rollouts(String project, String number) {
        Release release = releases.find(project, number);
        Instant now = clock.now();
        boolean anyWorker = instances.anyAlive(Service.SERVER_WORKER, now);
        return new RolloutsView(rollouts.ofRelease(release.id()).stream()
                .map(rollout -> RolloutsView.Entry.of(
                        rollout,
                        waitsFor(release, rollout, now, anyWorker).orElse(null),
                        progress(release, rollout).orElse(null)))
                .toList());
    }

    private static Optional<String> waitsFor(Release release, Rollout rollout, Instant now, boolean anyWorker) {
        Server server = rollout.server();
        if (!server.releaseId().equals(Optional.of(release.id()))) {
            return Optional.empty();
        }
        String noWorker = anyWorker ? "" : " No server-worker is running; start one.";
        return switch (server.state().orElseThrow()) {
            case LOCKED ->
                server.leaseUntil()
                        .filter(now::isAfter)
                        .map(until -> "The lease of %s ran out; the next server-worker takes the server over.%s"
                                .formatted(server.leaseOwner().orElse("its worker"), noWorker));
            case COPYING ->
                release.cancelRequestedAt().isPresent() || anyWorker
                        ? Optional.empty()
                        : Optional.of("It waits for a server-worker." + noWorker);
            case IDLE, ERROR -> Optional.empty();
        };
    }

    private Optional<Progress> progress(Release release, Rollout rollout) {
        return rollout.outcome() == Rollout.Outcome.COPYING
                ? latest.of(
                        release.project().name(),
                        release.number(),
                        release.attempt(),
                        rollout.server().name())
                : Optional.empty();
    }

    private static Links next(Release release, String what, int limit, Object after) {
        return Links.to(ReleaseView.location(release) + "/" + what)
                .with("limit", limit)
                .with("after", after);
    }
}
