package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.util.Optional;
import org.slipway.transfer.TransferException;

/** Something that copies. */
sealed interface Tool permits Peer, SlipwayTool {

    /** Its name in the tables. */
    String title();

    /** Why it cannot be measured here; empty when it can. */
    Optional<String> missing();

    /** Whether it is measured with this workload. */
    boolean isFor(Workload workload);

    /** Makes ready what a running worker, or somebody at a terminal, has ready. The clock runs for the job alone. */
    Job prepare(Scene scene) throws Exception;

    /** One copy to all targets of a scene. */
    @FunctionalInterface
    interface Job {
        /**
         * @return what was strange about it, as a program's exit status; empty for nothing
         * @throws OverLimitException when it was given up at its deadline
         */
        String run(Deadline deadline) throws IOException, InterruptedException, TransferException, OverLimitException;
    }

    /** When a copy is given up. */
    record Deadline(long nanos) {
        boolean isOver() {
            return nanosLeft() <= 0;
        }

        long nanosLeft() {
            return nanos - System.nanoTime();
        }
    }

    /** It took longer than it may. */
    final class OverLimitException extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
