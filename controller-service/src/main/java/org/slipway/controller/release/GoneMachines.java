package org.slipway.controller.release;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slipway.controller.body.StrictObject;
import org.slipway.controller.problem.FieldError;
import org.slipway.controller.problem.Problem;
import org.slipway.model.Journal;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ServerRole;
import org.slipway.persistence.DatabaseClock;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;

/**
 * A cancel waits until every server was told to refuse what may still be published there. One whose machine is gone for good can never be told:
 * a person says so, on record, and the cancel waits for it no longer.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class GoneMachines {
    private static final String KIND = "MACHINE_GONE";

    private final Servers servers;
    private final JournalEntries journal;
    private final DatabaseClock clock;

    GoneMachines(Servers servers, JournalEntries journal, DatabaseClock clock) {
        this.servers = servers;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * Takes a person at his word, where a cancel waits for these servers; those that it does not wait for stay as they are.
     *
     * @param release locked by the caller, with its project
     * @throws Problem {@code NOT_NOW}, {@code INVALID_DOCUMENT}
     */
    void giveUp(Release release, Wish wish) {
        List<Server> named = named(release, wish.gone());
        if (ReleaseLifecycle.TABLE.isFinal(release.state())) {
            return;
        }
        if (release.cancelRequestedAt().isEmpty()) {
            throw refused(
                    release, "say that a machine is gone only when a cancel waits for it; cancel without `gone` first");
        }
        if (release.leaseUntil().filter(until -> until.isAfter(clock.now())).isPresent()) {
            throw refused(
                    release,
                    "%s still works on it; repeat this once nobody does"
                            .formatted(release.leaseOwner().orElse("somebody")));
        }
        for (Server server : named) {
            Server now = servers.lock(server.id());
            if (now.leaseOwner().isPresent()) {
                throw refused(
                        release,
                        "%s holds %s; repeat this once a server-worker has seen that it does so no longer"
                                .formatted(now.leaseOwner().orElseThrow(), now.name()));
            }
            if (now.isUnfenced()) {
                servers.setUnfenced(now.id(), false);
                write(release, now, wish.by());
            }
        }
    }

    private List<Server> named(Release release, List<StrictObject.Item> gone) {
        List<FieldError> errors = new ArrayList<>();
        List<Server> named = new ArrayList<>();
        for (StrictObject.Item item : gone) {
            Optional<Server> server = servers.named(release.project().id(), item.value());
            server.ifPresentOrElse(
                    named::add,
                    () -> errors.add(new FieldError(
                            item.field(),
                            "names no server of project '%s': '%s'"
                                    .formatted(release.project().name(), StrictObject.shown(item.value())))));
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        return named;
    }

    private void write(Release release, Server server, String by) {
        journal.write(
                server.role() == ServerRole.BETA ? Journal.BETA_COPY : Journal.PRODUCTION_COPY,
                release.id(),
                release.attempt(),
                null,
                server.name(),
                KIND,
                ("%s said that the machine of %s is gone for good, and the cancel does not wait for it. Should that machine come back, something of the"
                                + " release may still be published on it; look at its project directory before it is used.")
                        .formatted(by, server.name()),
                false,
                List.of());
    }

    private static Problem refused(Release release, String why) {
        return ReleaseProblems.notNow(Action.CANCEL, release, why);
    }
}
