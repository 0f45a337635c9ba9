package org.slipway.modelcheck.release;

/**
 * Two files of a project, each by whose content it has: 0 is what was there at first, 1 and 2 are what the first and the second release
 * bring, {@link #TORN} is damaged. The second release brings the second file back to what it was at first: so a release need not
 * change a file, and what is right for one is not what came last.
 */
record Files(int x, int y) {
    static final int TORN = 3;
    static final Files OLD = new Files(0, 0);
    private static final Files[] OF_RELEASE = {OLD, new Files(1, 1), new Files(2, 0)};

    /** What a target has that has this release. */
    static Files of(int release) {
        return OF_RELEASE[release];
    }

    /** Which files differ: 1 for the first, 2 for the second, 3 for both. */
    int differingFrom(Files other) {
        return (x == other.x ? 0 : 1) | (y == other.y ? 0 : 2);
    }

    Files withX(int content) {
        return new Files(content, y);
    }

    Files withY(int content) {
        return new Files(x, content);
    }
}
