package org.slipway.modelcheck.relay;

/** What keeps the way of the transitions to Kafka right. Each can be taken away. */
public enum RelayGuard {
    ID_UNDER_ROW_LOCK("a transition gets its id while the row of its aggregate is locked, so that both have one order"),
    IN_ORDER_OF_IDS("the relay sends rows in the order of their ids"),
    NOTHING_BEHIND_A_REFUSED_ONE("nothing is sent behind a row that Kafka did not take"),
    MARK_AFTER_ANSWER("a row is marked as published only when Kafka has answered"),
    ONE_LEADER("one process publishes at a time"),
    SEQUENCE_COMPARED("whoever reads a transition that is not newer than what he knows passes over it");

    private final String text;

    RelayGuard(String text) {
        this.text = text;
    }

    /** What it says. */
    public String text() {
        return text;
    }
}
