package org.slipway.simulation;

/** One life of a service's process: the service's own objects, made anew for it. */
public interface Replica {
    /** What the service does when it starts. */
    void start();

    /** What it does when it is told to stop in order. */
    void stop() throws InterruptedException;

    /**
     * A record of a topic that it listens to.
     *
     * @param topic the name of the topic
     */
    default void hear(String topic, String record) {}

    /** Gives back what the operating system would take from a process that has ended. */
    default void vanish() {}
}
