package org.slipway.model;

/** Where a business server stands. Each state says what it is, who moves it on, and what happens if they die. */
public enum ServerState implements LifecycleState {
    IDLE(
            "Has nothing to do. The REST interface says `idle`.",
            "A prod-coordinator, when a release needs the server and its backup is verified.",
            "Nobody holds it: another one's scan goes on with the release."),
    COPYING(
            "Waits for a worker, or for the next try: `waiting` in the REST interface; while its release is being cancelled, until it is told to refuse what may still be published there.",
            "Any server-worker; a prod-coordinator where the release is cancelled.",
            "Nobody holds it: the next one's scan finds it."),
    LOCKED(
            "Is being copied: `copying` in the REST interface.",
            "The server-worker that holds the lease.",
            "The lease runs out, and any server-worker takes over with a higher epoch."),
    ERROR(
            "The copy failed: `failed` in the REST interface; the business-server journal says why.",
            "A prod-coordinator, when a person retries or cancels the release.",
            "Nobody holds it: another one's scan goes on with the release.");

    private final String meaning;
    private final String movedOnBy;
    private final String ifTheyDie;

    ServerState(String meaning, String movedOnBy, String ifTheyDie) {
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
