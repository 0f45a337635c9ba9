package org.slipway.system;

/** What must hold of a project whatever happens to it. The numbers stay as they are: reports name them. */
public enum Invariant {
    ONE_UNFINISHED_RELEASE(1, "a project has at most one unfinished release"),
    LEGAL_MOVES(2, "only legal transitions, each once, without a gap in any life"),
    PUBLISHED_IN_ORDER(3, "each transition comes to Kafka at least once, in order per key"),
    TOPICS_TELL_THE_TRUTH(4, "records that come twice or late change nothing: topics, database and REST agree"),
    ONE_WRITER(5, "one effective writer per server: fences only rise, and nobody publishes below one"),
    NO_LEASE_NO_REPORT(6, "whose lease ran out does not report, and nobody takes what another one holds"),
    BACKUP_FIRST(7, "no business server is touched before the backup was read back in full"),
    OLD_OR_NEW(8, "who looks all the time sees each file old or new, and no server stays between two releases"),
    ONLY_WHAT_IS_MISSING(9, "a retry sends only what is missing"),
    ANSWERED_IS_KEPT(10, "what was answered to a caller stays true"),
    TAKEN_UP_IN_TIME(11, "the work of a dead replica is taken up within lease and scan"),
    CANCEL_IS_FINAL(12, "nothing happens to a release, or for it, once it is cancelled"),
    NOBODY_WAITS_IN_VAIN(13, "a server that waits can be claimed, is claimed, or has a time for its next try"),
    NOBODY_WAITS_FOR_ANOTHER(14, "a slow or dead server delays no other one"),
    FAILURES_ARE_EXPLAINED(15, "each failure has its entry in a journal");

    private final int number;
    private final String text;

    Invariant(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public int number() {
        return number;
    }

    /** For people. */
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return number + " " + name();
    }
}
