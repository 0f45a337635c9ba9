package org.slipway.model;

/** What every state can say of itself, for people; {@code docs/lifecycle.md} is written from it. */
public interface LifecycleState {

    /** What is so while the state lasts. */
    String meaning();

    /** Who moves it on. */
    String movedOnBy();

    /** What happens if they die. */
    String ifTheyDie();
}
