package org.slipway.model.failpoint;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Service;

/**
 * A step between claim and report at which a test can make a service die, stand still or fail. A process is armed for one of them by
 * its own environment ({@value ArmedFailpoint#VARIABLE}) or the system property {@value ArmedFailpoint#PROPERTY}, and never otherwise;
 * in one that is not, a step that is passed costs the look at a constant.
 */
public enum Failpoint {
    CLAIMED(
            "claimed",
            "the claim is committed, and nothing else was done",
            Service.BETA_WORKER,
            Service.SERVER_WORKER,
            Service.PROD_COORDINATOR),
    LISTED("listed", "the paths are listed on the development server", Service.BETA_WORKER),
    HASHED("hashed", "their files are hashed there; beta is as it was", Service.BETA_WORKER),
    MANIFEST_READ("manifest-read", "the manifest is read, and beta was found to hold it", Service.SERVER_WORKER),
    BETA_READ_BEGUN("beta-read-begun", "contents that this replica lacks are about to be read", Service.SERVER_WORKER),
    CONTENTS_CACHED("contents-cached", "they are in its cache", Service.SERVER_WORKER),
    FENCE_RAISED(
            "fence-raised",
            "the target's fence is raised, and nothing was sent",
            Service.BETA_WORKER,
            Service.SERVER_WORKER,
            Service.PROD_COORDINATOR),
    STAGED(
            "staged",
            "contents were sent into the staging directory, and no hash was compared",
            Service.BETA_WORKER,
            Service.SERVER_WORKER),
    VERIFIED("verified", "what is staged has the right hashes", Service.BETA_WORKER, Service.SERVER_WORKER),
    ARCHIVE_WRITTEN("archive-written", "the archive is written beside its path", Service.PROD_COORDINATOR),
    ARCHIVE_VERIFIED("archive-verified", "it was read back in full", Service.PROD_COORDINATOR),
    ALLOWED(
            "allowed",
            "the lease still held, and the target was not yet told to publish or to move the archive into place",
            Service.BETA_WORKER,
            Service.SERVER_WORKER,
            Service.PROD_COORDINATOR),
    MARKED(
            "marked",
            "the publication is marked as begun; a target with a shell goes on by itself, on one without nothing was renamed",
            Service.BETA_WORKER,
            Service.SERVER_WORKER),
    PUBLISHING(
            "publishing",
            "some file was renamed; on targets without a shell only, for one with a shell does that by itself",
            Service.BETA_WORKER,
            Service.SERVER_WORKER),
    PUBLISHED("published", "every file is published and was looked at", Service.BETA_WORKER, Service.SERVER_WORKER),
    ARCHIVE_PLACED("archive-placed", "the archive is in its place", Service.PROD_COORDINATOR),
    BEFORE_RECORDING(
            "before-recording",
            "the outcome is known, and its transaction has not begun",
            Service.BETA_WORKER,
            Service.SERVER_WORKER,
            Service.PROD_COORDINATOR),
    AFTER_RECORDING(
            "after-recording",
            "that transaction has committed",
            Service.BETA_WORKER,
            Service.SERVER_WORKER,
            Service.PROD_COORDINATOR),
    BEFORE_SETTLEMENT(
            "before-settlement",
            "a release that has settled is moved on, and that is not committed",
            Service.PROD_COORDINATOR),
    AFTER_SETTLEMENT("after-settlement", "it is committed", Service.PROD_COORDINATOR),
    BEFORE_CREATE("before-create", "a release is made, and that is not committed", Service.CONTROLLER),
    AFTER_CREATE("after-create", "it is committed, and not answered", Service.CONTROLLER),
    BEFORE_START("before-start", "a release is started, and that is not committed", Service.CONTROLLER),
    AFTER_START("after-start", "it is committed, and not answered", Service.CONTROLLER),
    BEFORE_PROMOTE("before-promote", "a release is promoted, and that is not committed", Service.CONTROLLER),
    AFTER_PROMOTE("after-promote", "it is committed, and not answered", Service.CONTROLLER),
    BEFORE_RETRY("before-retry", "a release is tried again, and that is not committed", Service.CONTROLLER),
    AFTER_RETRY("after-retry", "it is committed, and not answered", Service.CONTROLLER),
    BEFORE_CANCEL("before-cancel", "a release is cancelled or is to be, and that is not committed", Service.CONTROLLER),
    AFTER_CANCEL("after-cancel", "it is committed, and not answered", Service.CONTROLLER),
    RELAY_READ("relay-read", "the relay has read transitions, and sent none of them", Service.values()),
    RELAY_SENT("relay-sent", "Kafka has them, and none is marked", Service.values()),
    RELAY_MARKED("relay-marked", "they are marked as published", Service.values());

    private static final @Nullable ArmedFailpoint ARMED = ArmedFailpoint.ofThisProcess();

    private final String step;
    private final String happened;
    private final Set<Service> services;

    Failpoint(String step, String happened, Service... services) {
        this.step = step;
        this.happened = happened;
        this.services = EnumSet.of(services[0], services);
    }

    /** Called by the code that has just done the step: does what this process is armed for. */
    public void passed() {
        if (ARMED != null) {
            ARMED.passed(this);
        }
    }

    /** Its name in a service, such as {@code staged}. */
    public String step() {
        return step;
    }

    /** Its name in full, such as {@code server-worker.staged}. */
    public String nameIn(Service service) {
        return service.wireName() + "." + step;
    }

    /** What has just happened where it is passed. */
    public String happened() {
        return happened;
    }

    /** The services that pass it. */
    public Set<Service> services() {
        return services;
    }

    /**
     * What this process is armed for, such as {@code server-worker.staged=halt}; {@code null} for nothing.
     *
     * @throws IllegalArgumentException when it is something that this service cannot do; the message names everything that it can
     */
    public static @Nullable String armed(Service self) {
        String setting = ArmedFailpoint.setting();
        return setting == null ? null : ArmedFailpoint.parse(setting, self).toString();
    }
}
