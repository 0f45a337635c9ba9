package org.slipway.modelcheck.release;

/**
 * A host that is written to.
 *
 * @param fence the highest epoch that its fence was raised to, and where fences are taken away the highest that has looked at it
 * @param files what is in the project directory
 * @param cutOff the release whose publication was cut off and not finished yet; 0 for none
 * @param left which files that publication did not get to: 1 for the first, 2 for the second
 * @param shared whose content is staged, where all epochs share one directory: a release, {@link Files#TORN}, or 0 for nothing
 * @param unfenced whether, as the database has it, somebody may still publish there of whom nobody can say that he has come to his end
 */
record Target(int fence, Files files, int cutOff, int left, int shared, boolean unfenced) {
    static final Target NEW = new Target(0, Files.OLD, 0, 0, 0, false);

    Target raisedTo(int epoch) {
        return new Target(epoch, files, cutOff, left, shared, unfenced);
    }

    Target with(Files now) {
        return new Target(fence, now, cutOff, left, shared, unfenced);
    }

    Target cutOffIn(int release, int leftNow) {
        return new Target(fence, files, release, leftNow, shared, unfenced);
    }

    Target sharing(int staged) {
        return new Target(fence, files, cutOff, left, staged, unfenced);
    }

    Target unfenced(boolean now) {
        return new Target(fence, files, cutOff, left, shared, now);
    }

    /** With the publication finished that was cut off, if one was. */
    Target finished() {
        return left == 0 ? new Target(fence, files, 0, 0, shared, unfenced) : finishedUpTo(left);
    }

    /**
     * With some files published of what was cut off.
     *
     * @param now which: 1 for the first, 2 for the second
     */
    Target finishedUpTo(int now) {
        Files wanted = Files.of(cutOff);
        Files next = files;
        if ((now & 1) != 0) {
            next = next.withX(wanted.x());
        }
        if ((now & 2) != 0) {
            next = next.withY(wanted.y());
        }
        int rest = left & ~now;
        return new Target(fence, next, rest == 0 ? 0 : cutOff, rest, shared, unfenced);
    }
}
