package org.slipway.modelcheck.release;

import org.slipway.modelcheck.search.Steps;

/** One part of what can happen. */
interface Rule {
    /** Hands over every step of this part that can be taken now. */
    void steps(World world, Steps<World> steps);
}
