package org.slipway.modelcheck.sftp;

/**
 * A writer of one epoch: the place among the writers, from 1.
 *
 * @param next what it will do next
 * @param at which earlier writer's directory it is dealing with
 */
record Writer(Next next, int at) {

    /** What a writer does next; each is one request, or one look. */
    enum Next {
        CLAIM,
        READ_FENCE,
        RAISE_FENCE,
        CHECK_RAISED,
        LOOK_FOR_MARK,
        TAKE_AWAY,
        TAKE_OVER,
        CHECK_TAKEN,
        FINISH_FIRST,
        FINISH_SECOND,
        STAGE,
        LOOK_AT_LEASE,
        READ_FENCE_BEFORE_MARK,
        MARK,
        READ_FENCE_BEHIND_MARK,
        PUBLISH_FIRST,
        PUBLISH_SECOND,
        DONE,
        VAIN
    }

    static final Writer UNBORN = new Writer(Next.CLAIM, 0);

    Writer then(Next following) {
        return new Writer(following, at);
    }

    Writer turningTo(int other) {
        return new Writer(Next.LOOK_FOR_MARK, other);
    }

    boolean isOver() {
        return next == Next.DONE || next == Next.VAIN;
    }
}
