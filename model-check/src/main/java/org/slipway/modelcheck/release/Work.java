package org.slipway.modelcheck.release;

/**
 * A piece of work in flight: a copy or a backup under a lease, as the process that does it knows it. Nothing says here whether it is paused:
 * every piece of work may stand still at every stage for as long as it likes.
 *
 * @param place the target that it writes to: 0 is beta, the others are the business servers
 * @param release the number of the release that it is about
 * @param staged what has become of what it staged, or archived
 * @param differing which files it found to differ: 1 for the first, 2 for the second
 * @param orphan whether the process is gone and only the script on the target is left
 * @param leaves whether somebody may still publish on the target should it end now without a result: itself, or one before it
 */
record Work(
        Task task,
        int place,
        int release,
        int epoch,
        Stage stage,
        Staged staged,
        int differing,
        boolean orphan,
        boolean leaves) {

    enum Task {
        COPY,
        BACKUP,
        /** Raises the fence, and finishes what was cut off. */
        FENCE
    }

    /** How far it is. Two stages between which nobody else can tell the difference are one. */
    enum Stage {
        /** No work at all: a free place for some. */
        FREE,
        /** The claim is committed. */
        CLAIMED,
        /** The fence is raised, and the target was looked at. */
        RAISED,
        /** A backup: some of it is archived. A copy, only where all epochs stage into one directory: some of it is staged. */
        STAGING,
        /** All of it is staged; only where all epochs stage into one directory. */
        STAGED,
        /** What is staged, or archived, was verified; the word to publish is on its way, or waits for the target's lock. */
        SENT,
        /** The target's script has seen the fence and set its mark; only where it has no lock. */
        PUBLISHING,
        /** The first file is published. */
        HALF,
        /** It is done, and is to be reported. */
        DONE,
        /** It failed or was stopped, and that is to be reported. Which of the two is left open until then. */
        VAIN
    }

    enum Staged {
        NOTHING,
        WHOLE,
        /** Damaged. An archive: with files in it that the release itself brought. */
        TORN,
        /** Taken away by a later writer. */
        GONE
    }

    static final Work NONE = new Work(Task.COPY, 0, 0, 0, Stage.FREE, Staged.NOTHING, 0, false, false);

    /**
     * @param unfenced whether somebody may publish there already
     */
    static Work begun(Task task, int place, int release, int epoch, boolean unfenced) {
        return new Work(task, place, release, epoch, Stage.CLAIMED, Staged.NOTHING, 0, false, unfenced);
    }

    boolean isFree() {
        return stage == Stage.FREE;
    }

    /** Whether its script has the target's lock. */
    boolean isPublishing() {
        return stage == Stage.PUBLISHING || stage == Stage.HALF;
    }

    /** Whether the process still can stop by itself: nothing was sent that it could not take back. */
    boolean canStop() {
        return stage.compareTo(Stage.CLAIMED) >= 0 && stage.compareTo(Stage.STAGED) <= 0;
    }

    /** Whether a script of it is, or may come to be, on the target. */
    boolean isOnTarget() {
        return stage.compareTo(Stage.SENT) >= 0 && stage.compareTo(Stage.HALF) <= 0;
    }

    Work at(Stage next) {
        return new Work(task, place, release, epoch, next, staged, differing, orphan, leaves);
    }

    Work at(Stage next, Staged nowStaged) {
        return new Work(task, place, release, epoch, next, nowStaged, differing, orphan, leaves);
    }

    /** That has raised the fence: nobody before it publishes any more. */
    Work fenced() {
        return new Work(task, place, release, epoch, stage, staged, differing, orphan, false);
    }

    /** That is about to tell the target to publish. */
    Work telling() {
        return new Work(task, place, release, epoch, stage, staged, differing, orphan, true);
    }

    Work finding(int differs) {
        return new Work(task, place, release, epoch, Stage.RAISED, Staged.NOTHING, differs, orphan, false);
    }

    Work on(int otherPlace) {
        return new Work(task, otherPlace, release, epoch, stage, staged, differing, orphan, leaves);
    }

    Work robbed() {
        return new Work(task, place, release, epoch, stage, Staged.GONE, differing, orphan, leaves);
    }

    Work orphaned() {
        return new Work(task, place, release, epoch, stage, staged, differing, true, leaves);
    }

    /** Over: the outcome with all that is of no more use forgotten. Whether a backup was taken is still to be told. */
    Work ending(Stage outcome) {
        if (orphan) {
            return NONE;
        }
        boolean taken = task == Task.BACKUP && outcome == Stage.DONE && staged != Staged.NOTHING;
        return new Work(task, place, release, epoch, outcome, taken ? Staged.WHOLE : Staged.NOTHING, 0, false, leaves);
    }
}
