package org.slipway.controller.inventory;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.List;
import org.jboss.logging.Logger;
import org.slipway.model.HostAddress;
import org.slipway.persistence.release.Backup;
import org.slipway.persistence.release.Backups;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Rollout;
import org.slipway.persistence.release.Rollouts;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;

/**
 * What an unfinished release has recorded of its servers is true of the machines that were there. Where the inventory names another machine
 * the release forgets it, so that a retry copies there what that machine does not have, and backs up first what it has.
 */
@ApplicationScoped
class ReplacedMachines {
    private static final Logger LOG = Logger.getLogger(ReplacedMachines.class);

    private final Rollouts rollouts;
    private final Backups backups;
    private final Servers servers;

    ReplacedMachines(Rollouts rollouts, Backups backups, Servers servers) {
        this.rollouts = rollouts;
        this.backups = backups;
        this.servers = servers;
    }

    /** Where a release was rolled out to before the inventory changed. */
    record Before(Release release, List<Place> places) {}

    /**
     * Where one server was.
     *
     * @param begun whether a copy of the release has begun there
     */
    record Place(Rollout rollout, HostAddress address, boolean retired, boolean begun) {
        private boolean isOf(Server server) {
            return rollout.server().id() == server.id();
        }

        private boolean isAnotherMachineNow() {
            return !isSameMachine(address, rollout.server().address());
        }
    }

    /** Looks where the servers of a release are, before the inventory changes. */
    Before before(Release release) {
        return new Before(
                release,
                rollouts.ofRelease(release.id()).stream()
                        .map(rollout -> new Place(
                                rollout,
                                rollout.server().address(),
                                rollout.server().isRetired(),
                                rollout.attempts() > 0))
                        .toList());
    }

    /** Forgets what the release has recorded of machines that are no longer there, now that the inventory has changed. */
    void forget(Before before) {
        for (Place place : before.places()) {
            Rollout rollout = place.rollout();
            boolean isInNow = !rollout.server().isRetired();
            boolean isBack = isInNow && place.retired();
            if (isInNow && rollout.outcome() == Rollout.Outcome.DONE && (isBack || place.isAnotherMachineNow())) {
                rollout.isOnAnotherMachine();
                log(before.release(), rollout.server(), "another machine, to which a retry copies the release");
            }
        }
        backups.ofRelease(before.release().id())
                .filter(backup -> isToBeTakenAnew(backup, before))
                .ifPresent(backup -> {
                    backups.delete(backup);
                    log(
                            before.release(),
                            servers.findById(backup.serverId()),
                            "not the machine any more that %s is on; a retry takes a backup first"
                                    .formatted(backup.file()));
                });
    }

    /**
     * A backup counts as long as the machine that it lies on is in the inventory. After that it is taken anew of the chosen server, but never of
     * a machine where a copy of the release has begun: it would keep what the release itself brought.
     */
    private boolean isToBeTakenAnew(Backup backup, Before before) {
        Server backedUp = servers.findById(backup.serverId());
        boolean isGone = backedUp.isRetired()
                || before.places().stream().anyMatch(place -> place.isOf(backedUp) && place.isAnotherMachineNow());
        return isGone
                && servers.chosen(before.release().project().id())
                        .filter(chosen -> before.places().stream()
                                .noneMatch(place -> place.begun() && isSamePlace(place.address(), chosen.address())))
                        .isPresent();
    }

    private static boolean isSamePlace(HostAddress one, HostAddress other) {
        return one.host().equals(other.host())
                && one.port() == other.port()
                && one.projectDirectory().equals(other.projectDirectory());
    }

    /** One that is set up anew shows a new host key at its old place. Pinning one more key, or one less, is not that. */
    private static boolean isSameMachine(HostAddress one, HostAddress other) {
        return isSamePlace(one, other)
                && (one.hostKeys().isEmpty() || !Collections.disjoint(one.hostKeys(), other.hostKeys()));
    }

    private static void log(Release release, Server server, String what) {
        LOG.infof(
                "project=%s release=%d server=%s: %s", release.project().name(), release.number(), server.name(), what);
    }
}
