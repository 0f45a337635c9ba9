package org.slipway.benchmarks.transfer;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directories of one workload; each holds {@code tree}, or will.
 *
 * @param workload which
 * @param source what is copied: on development where the whole way is measured, otherwise at the sender and on beta
 * @param beta where the whole way leads first
 * @param worker where rsync stops over
 * @param targets where it is copied to
 */
record Scene(Workload workload, Path source, Path beta, Path worker, List<Path> targets) {

    Path tree() {
        return source.resolve(SourceTrees.NAME);
    }

    /** All that has the tree when everything was copied. */
    List<Path> ends() {
        if (workload.way() != Workload.Way.WHOLE) {
            return targets;
        }
        return Stream.concat(Stream.of(beta), targets.stream()).toList();
    }
}
