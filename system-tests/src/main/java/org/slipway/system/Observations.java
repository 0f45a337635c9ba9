package org.slipway.system;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slipway.system.History.Disturbance;
import org.slipway.system.History.Sample;
import org.slipway.system.History.Timing;

/**
 * What was seen and done of a project while it happened: what nobody can find out behind the fact.
 *
 * @param seen what a reader saw on the servers
 * @param samples servers and releases at moments in between
 * @param states what the watched files hold, before the first release and as each release has them
 * @param disturbances what was done to the system
 * @param timing how long things may take; {@code null} where that is not checked
 */
public record Observations(
        TreeWatch.Seen seen,
        List<Sample> samples,
        List<Map<String, String>> states,
        List<Disturbance> disturbances,
        @Nullable Timing timing) {

    /** Nobody looked. */
    public static final Observations NONE = new Observations(
            new TreeWatch.Seen(List.of(), List.of(), List.of()), List.of(), List.of(), List.of(), null);
}
