package org.slipway.modelcheck.search;

/** A step does what must never happen. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Violation(String invariant) {
        super(invariant, null, false, false);
    }
}
