package org.slipway.modelcheck.sftp;

/** What keeps a target right on which nothing can be locked. Each can be taken away. */
public enum SftpGuard {
    FENCE_RAISED("a writer raises the fence before it looks at what others staged"),
    FENCE_BEHIND_MARK("the fence is read once more when the mark of the publication is set"),
    FENCE_BEHIND_TAKEOVER("the fence is read once more when a publication that was cut off was taken over"),
    TAKEN_OUT_OF_REACH("what another writer staged is renamed away before anything else is published"),
    SELF_STOP("a writer looks at its lease when all is staged, and stops where that is lost");

    private final String text;

    SftpGuard(String text) {
        this.text = text;
    }

    /** What it says. */
    public String text() {
        return text;
    }
}
