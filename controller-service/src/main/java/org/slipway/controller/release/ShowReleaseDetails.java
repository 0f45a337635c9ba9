package org.slipway.controller.release;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;
import org.slipway.controller.body.Links;
import org.slipway.controller.body.Page;
import org.slipway.controller.journal.JournalView;
import org.slipway.controller.progress.LatestProgress;
import org.slipway.controller.progress.Progress;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.journal.JournalEntry;
import org.slipway.persistence.release.Manifests;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Rollout;
import org.slipway.persistence.release.Rollouts;
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

    ShowReleaseDetails(
            ShowReleases releases,
            Transitions transitions,
            JournalEntries journal,
            Manifests manifests,
            Rollouts rollouts,
            LatestProgress latest) {
        this.releases = releases;
        this.transitions = transitions;
        this.journal = journal;
        this.manifests = manifests;
        this.rollouts = rollouts;
        this.latest = latest;
    }

    TransitionsView transitions(String project, String number, Optional<Long> after, int limit) {
        Release release = releases.find(project, number);
        Page<Transition> page = Page.of(
                transitions.ofRelease(release.project().id(), release.number(), after.orElse(0L), limit + 1), limit);
        return new TransitionsView(
                page.map(TransitionsView.Entry::of),
                page.last()
                        .map(last -> next(release, "transitions", limit, last.id()))
                        .orElse(null));
    }

    JournalView journal(String project, String number, Optional<Long> after, int limit) {
        Release release = releases.find(project, number);
        Page<JournalEntry> page = Page.of(journal.ofRelease(release.id(), after.orElse(0L), limit + 1), limit);
        return new JournalView(
                page.map(entry -> JournalView.Entry.of(entry, release.number())),
                page.last()
                        .map(last -> next(release, "journal", limit, last.id()))
                        .orElse(null));
    }

    FilesView files(String project, String number, Optional<RelativePath> after, int limit) {
        Release release = releases.find(project, number);
        Page<FileEntry> page = Page.of(manifests.page(release.id(), after, limit + 1), limit);
        return new FilesView(
                page.map(FilesView.Entry::of),
                page.last()
                        .map(last -> next(release, "files", limit, last.path()))
                        .orElse(null));
    }

    RolloutsView rollouts(String project, String number) {
        Release release = releases.find(project, number);
        return new RolloutsView(rollouts.ofRelease(release.id()).stream()
                .map(rollout -> RolloutsView.Entry.of(rollout, progress(release, rollout)))
                .toList());
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

    private static String next(Release release, String what, int limit, Object after) {
        return Links.to(ReleaseView.location(release) + "/" + what)
                .with("limit", limit)
                .with("after", after)
                .toString();
    }
}
