package org.slipway.controller.inventory;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Collections;
import java.util.List;
import org.jboss.logging.Logger;
import org.slipway.model.HostAddress;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Rollout;
import org.slipway.persistence.release.Rollouts;
import org.slipway.persistence.transition.TransitionLog;

/**
 * What an unfinished release has recorded of its servers is true of the machines that were there. Where the inventory names another machine
 * the release forgets it, so that a retry copies there what that machine does not have. To copy once too often does no harm. A verified
 * backup is kept all the same: to take one anew of what may be the same machine, under another name, would keep what the release brought.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class ReplacedMachines {
    private static final Logger LOG = Logger.getLogger(ReplacedMachines.class);

    private final Rollouts rollouts;
    private final TransitionLog log;

    ReplacedMachines(Rollouts rollouts, TransitionLog log) {
        this.rollouts = rollouts;
        this.log = log;
    }

    /** Where a release was rolled out to before the inventory changed. */
    record Before(Release release, List<Place> places) {}

    /** Where one server was. */
    record Place(Rollout rollout, HostAddress address, boolean retired) {
        private boolean mayBeAnotherMachineNow() {
            HostAddress now = rollout.server().address();
            return retired
                    || !address.host().equals(now.host())
                    || address.port() != now.port()
                    || !address.projectDirectory().equals(now.projectDirectory())
                    || hasOtherKeys(now);
        }

        /** One that is set up anew shows a new host key at its old place. */
        private boolean hasOtherKeys(HostAddress now) {
            return !address.hostKeys().isEmpty()
                    && !now.hostKeys().isEmpty()
                    && Collections.disjoint(address.hostKeys(), now.hostKeys());
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
                                rollout.server().isRetired()))
                        .toList());
    }

    /** Forgets what the release has recorded of machines that are no longer there, now that the inventory has changed. */
    void forget(Before before) {
        for (Place place : before.places()) {
            Rollout rollout = place.rollout();
            if (rollout.outcome() == Rollout.Outcome.DONE
                    && !rollout.server().isRetired()
                    && place.mayBeAnotherMachineNow()) {
                rollout.isOnAnotherMachine();
                String project = before.release().project().name();
                int number = before.release().number();
                String server = rollout.server().name();
                log.onceCommitted(() -> LOG.infof(
                        "project=%s release=%d server=%s: may be another machine now, to which a retry copies the release",
                        project, number, server));
            }
        }
    }
}
