package org.slipway.modelcheck.release;

/**
 * A lease as the database has it.
 *
 * @param epoch 0 where there is none
 * @param running whether its end lies ahead, by the database's clock
 */
record Lease(int epoch, boolean running) {
    static final Lease NONE = new Lease(0, false);

    /** The epoch of a lease whose holder is gone: no piece of work has it, and nothing more has to be known of it. */
    static final int NOBODYS = 7;

    boolean isThere() {
        return epoch != 0;
    }

    Lease runOut() {
        return new Lease(epoch, false);
    }
}
