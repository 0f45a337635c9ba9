package org.slipway.controller.progress;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.slipway.model.message.CopyProgressed;

/**
 * The course of one copy: what was told last, and enough of what was told before to know how fast it is. Speed is measured by the
 * worker's clock, so that records that come late or all at once do not bend it; silence is measured by this service's.
 */
final class Course {
    static final Duration WINDOW = Duration.ofSeconds(10);
    /** Between two samples, so that there are some fifty at most however often something is told. */
    private static final Duration SPACING = Duration.ofMillis(200);

    private final List<CopyProgressed> samples = new ArrayList<>();
    private CopyProgressed latest;
    private Instant heardAt;

    Course(CopyProgressed first, Instant heardAt) {
        this.latest = first;
        this.heardAt = heardAt;
        samples.add(first);
    }

    void goesOn(CopyProgressed next, Instant heard) {
        if (!continues(next)) {
            samples.clear();
        }
        if (samples.isEmpty() || passed(samples.getLast(), next).compareTo(SPACING) >= 0) {
            samples.add(next);
        }
        // The youngest sample that is older than the window stays: measured from there, the whole window is covered.
        while (samples.size() > 1 && passed(samples.get(1), next).compareTo(WINDOW) >= 0) {
            samples.removeFirst();
        }
        latest = next;
        heardAt = heard;
    }

    /** How far it is; without a speed when nothing was told for longer than the speed is measured. */
    Progress progress(Instant now) {
        OptionalDouble speed = silence(now).compareTo(WINDOW) > 0 ? OptionalDouble.empty() : bytesPerSecond();
        return new Progress(
                latest.filesDone(),
                latest.filesToDo(),
                latest.bytesDone(),
                latest.bytesToDo(),
                speed.isPresent() ? Math.round(speed.getAsDouble()) : null,
                speed.isPresent() && (latest.bytesToDo() == 0 || speed.getAsDouble() > 0)
                        ? secondsLeft(speed.getAsDouble())
                        : null,
                latest.at());
    }

    Duration silence(Instant now) {
        return Duration.between(heardAt, now);
    }

    /** A worker that took over from another begins anew, with another clock. */
    private boolean continues(CopyProgressed next) {
        return !next.at().isBefore(latest.at())
                && next.bytesDone() >= latest.bytesDone()
                && next.bytesDone() + next.bytesToDo() == latest.bytesDone() + latest.bytesToDo();
    }

    private OptionalDouble bytesPerSecond() {
        CopyProgressed from = samples.getFirst();
        Duration passed = passed(from, latest);
        return passed.isPositive()
                ? OptionalDouble.of((latest.bytesDone() - from.bytesDone()) / seconds(passed))
                : OptionalDouble.empty();
    }

    private long secondsLeft(double speed) {
        return latest.bytesToDo() == 0 ? 0 : (long) Math.ceil(latest.bytesToDo() / speed);
    }

    private static Duration passed(CopyProgressed from, CopyProgressed to) {
        return Duration.between(from.at(), to.at());
    }

    private static double seconds(Duration duration) {
        return duration.toSeconds() + duration.toNanosPart() / 1e9;
    }
}
