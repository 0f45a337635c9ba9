package org.slipway.modelcheck.release;

/** What keeps Slipway right. Each can be taken away, to see what happens then. */
public enum Guard {
    ROW_LOCK("the row that a transaction has read is locked until it commits"),
    CONDITIONAL_UPDATE("a state changes only where state and version are as they were read"),
    UNIQUE_INDEX("the database has at most one unfinished release of a project"),
    EPOCH_ON_REPORT("a report counts only under the epoch that the row has"),
    LEASE_UNTIL("a lease that ran out is neither renewed nor reported under"),
    LEASE_BEFORE_TAKEOVER("what is being worked on is taken over only when its lease ran out"),
    CANCEL_AT_REPORT("a report looks whether somebody asked to cancel"),
    SETTLED_FIRST("a release leaves PRODUCTION_COPYING only when no server of it is waiting or being copied"),
    BACKUP_FIRST("servers are set to waiting only when the backup was taken"),
    BACKUP_READ_BACK("a backup is read back in full before it is put into place"),
    BACKUP_FENCED("a backup is put into place only under the target's fence"),
    BACKUP_KEPT("a retry keeps the backup that an earlier attempt verified"),
    FENCE_RAISED("a writer raises the target's fence to its epoch"),
    FENCE_BEFORE_LOOK("the fence is raised before the target is looked at"),
    FENCE_AT_PUBLICATION("a publication begins only while the fence is at its epoch"),
    TARGET_LOCK("the fence is raised, and a publication made from its look at the fence to its end, under a lock"),
    SWEEP("whoever raises the fence takes away what earlier epochs staged or began to archive"),
    STAGING_PER_EPOCH("each epoch stages into a directory of its own"),
    STAGED_VERIFIED("what is staged is compared with the manifest before it is published"),
    FENCED_OFF("a release is cancelled only when the fence is raised wherever somebody may still publish for it"),
    SELF_STOP("a holder stops before its lease can run out, unless it is paused"),
    SCAN("every service looks for work by itself, also where no hint comes");

    private final String text;

    Guard(String text) {
        this.text = text;
    }

    /** What it says. */
    public String text() {
        return text;
    }
}
