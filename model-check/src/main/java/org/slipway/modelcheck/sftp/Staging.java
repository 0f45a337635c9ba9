package org.slipway.modelcheck.sftp;

/**
 * A writer's staging directory, in its place.
 *
 * @param whose who staged what is in it: an epoch, 0 where there is no such directory
 * @param marked whether it has the mark of a publication
 * @param first whether the first file is still in it
 * @param second whether the second file is still in it
 */
record Staging(int whose, boolean marked, boolean first, boolean second) {
    static final Staging NONE = new Staging(0, false, false, false);

    static Staging full(int whose) {
        return new Staging(whose, false, true, true);
    }

    boolean isThere() {
        return whose != 0;
    }

    Staging mark(boolean now) {
        return new Staging(whose, now, first, second);
    }

    Staging without(boolean firstFile) {
        return new Staging(whose, marked, first && !firstFile, second && firstFile);
    }
}
