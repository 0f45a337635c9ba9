package org.slipway.model;

/** Where a release stands. Each state says what it is, who moves it on, and what happens if they die. */
public enum ReleaseState implements LifecycleState {
    CREATED(
            "Recorded, nothing is copied.",
            "The controller: in the transaction that created it or, where it was made to wait, when a person starts it.",
            "Nothing runs: it waits for a person to start or cancel it."),
    BETA_COPYING(
            "Is being copied to beta, or waits for a worker or for the next try; while it is being cancelled, until beta is told to refuse what may still be published there.",
            "The beta-worker that holds the lease.",
            "The lease runs out, and another one takes over with a higher epoch."),
    BETA_COPIED(
            "Beta has every file, and the manifest is frozen.",
            "A person: promote or cancel.",
            "Nothing runs, so nobody's death matters."),
    BETA_COPY_FAILED(
            "The beta copy failed; the beta-copy journal says why.",
            "A person: retry or cancel.",
            "Nothing runs, so nobody's death matters."),
    PRODUCTION_REQUESTED(
            "Is to go to production.",
            "Any prod-coordinator.",
            "Nobody holds it: the next scan of another one finds it."),
    PRODUCTION_BACKING_UP(
            "The chosen business server is being backed up, or waits for the next try; nothing is written to any before the backup is verified.",
            "The prod-coordinator that holds the lease.",
            "The lease runs out, and another one starts the backup anew with a higher epoch."),
    PRODUCTION_COPYING(
            "The backup is verified, and server-workers are copying to the business servers.",
            "Any prod-coordinator, once no server is waiting or being copied.",
            "Nobody holds it: the next scan of another one settles it."),
    PRODUCTION_FAILED(
            "The backup or a server failed and all others have settled; the production-copy journal says why.",
            "A person: retry by the controller, or cancel by a prod-coordinator.",
            "Nothing runs; a cancel that was asked for is found by the next scan of another one."),
    COMPLETED("Every business server has the release.", "Nobody: this is final.", "Nothing is left to do."),
    CANCELLED("A person gave it up; nothing is written any more.", "Nobody: this is final.", "Nothing is left to do.");

    private final String meaning;
    private final String movedOnBy;
    private final String ifTheyDie;

    ReleaseState(String meaning, String movedOnBy, String ifTheyDie) {
        this.meaning = meaning;
        this.movedOnBy = movedOnBy;
        this.ifTheyDie = ifTheyDie;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    @Override
    public String movedOnBy() {
        return movedOnBy;
    }

    @Override
    public String ifTheyDie() {
        return ifTheyDie;
    }
}
