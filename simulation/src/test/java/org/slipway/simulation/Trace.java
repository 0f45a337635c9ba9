package org.slipway.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened in a schedule: lines for people, and a number over every single turn. */
final class Trace {
    private final List<String> lines = new ArrayList<>();
    private long fingerprint;

    void tell(long now, String who, String what) {
        lines.add(String.format(Locale.ROOT, "%9.3f s  %-14s %s", now / 1e9, who, what));
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    void turn(long now, Task task) {
        fingerprint = (fingerprint * 31 + now) * 31 + task.toString().hashCode();
    }

    /** Two schedules with the same one took the same turns at the same times. */
    long fingerprint() {
        return fingerprint;
    }

    List<String> lines() {
        return lines;
    }
}
