package org.slipway.simulation;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What befalls processes: at any step of theirs they may be killed, or stand still. */
final class Mishaps {
    private static volatile @Nullable Mishaps current;

    private final Faults faults;
    private final Consumer<Process> crash;
    private final PauseTaker pause;

    Mishaps(Faults faults, Consumer<Process> crash, PauseTaker pause) {
        this.faults = faults;
        this.crash = crash;
        this.pause = pause;
    }

    interface PauseTaker {
        void pause(Process process, long nanos);
    }

    static void use(@Nullable Mishaps mishaps) {
        current = mishaps;
    }

    static boolean hostIsSlow() {
        Mishaps mishaps = current;
        return mishaps != null && mishaps.faults.hostIsSlow();
    }

    static boolean hostFails() {
        Mishaps mishaps = current;
        return mishaps != null && mishaps.faults.host();
    }

    /**
     * Something that takes time, and in the middle of which everything may happen.
     *
     * @throws Task.Crashed when the process was killed meanwhile
     */
    static void step(Task task, long nanos) {
        step(task, nanos, 1);
    }

    /** The worst moment: after the last look at the lease, and before the server is told to do it. */
    static void dangerousStep(Task task, long nanos) {
        step(task, nanos, 8);
    }

    private static void step(Task task, long nanos, int dice) {
        Mishaps mishaps = current;
        for (int i = 0; i < dice && mishaps != null && task.process().running(); i++) {
            if (mishaps.faults.crash()) {
                mishaps.crash.accept(task.process());
            } else if (mishaps.faults.pause()) {
                mishaps.pause.pause(task.process(), mishaps.faults.pauseLength());
                break;
            }
        }
        task.pause(() -> false, task.world().now() + nanos);
    }
}
