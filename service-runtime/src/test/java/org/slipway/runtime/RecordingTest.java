package org.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private static final RuntimeException AWAY = new IllegalStateException(new SQLException("refused", "08001"));
    private static final RuntimeException REFUSED = new IllegalStateException(new SQLException("check", "23514"));

    private final Deque<RuntimeException> troubles = new ArrayDeque<>();
    private final List<RuntimeException> instead = new ArrayList<>();
    private int tries;
    private int recorded;

    private void record() {
        tries++;
        if (!troubles.isEmpty()) {
            throw troubles.removeFirst();
        }
        recorded++;
    }

    @Test
    void recordsOnceWhenNothingIsInTheWay() {
        Recording.whileHeld(() -> true, "work", this::record, instead::add);

        assertThat(recorded).isOne();
        assertThat(tries).isOne();
    }

    @Test
    void triesAgainWhileTheDatabaseIsAwayAndTheLeaseHolds() {
        troubles.addAll(List.of(AWAY, AWAY));
        Recording.whileHeld(() -> true, "work", this::record, instead::add);

        assertThat(recorded).isOne();
        assertThat(tries).isEqualTo(3);
        assertThat(instead).isEmpty();
    }

    @Test
    void givesUpWhenTheLeaseCanHaveRunOut() {
        troubles.addAll(List.of(AWAY, AWAY, AWAY, AWAY));
        AtomicInteger asked = new AtomicInteger();
        Recording.whileHeld(() -> asked.incrementAndGet() < 2, "work", this::record, instead::add);

        assertThat(recorded).isZero();
        assertThat(tries).isEqualTo(2);
        assertThat(instead).isEmpty();
    }

    @Test
    void recordsAnErrorInPlaceOfAnOutcomeThatTheDatabaseRefuses() {
        troubles.add(REFUSED);
        Recording.whileHeld(() -> true, "work", this::record, instead::add);

        assertThat(tries).isOne();
        assertThat(instead).containsExactly(REFUSED);
    }

    @Test
    void endsWhenTheErrorIsRefusedToo() {
        troubles.add(REFUSED);
        Recording.whileHeld(() -> true, "work", this::record, bug -> {
            instead.add(bug);
            throw REFUSED;
        });

        assertThat(instead).hasSize(1);
    }

    @Test
    void recordsForAThreadThatWasInterruptedAndLeavesItInterrupted() {
        List<Boolean> interruptedWhileRecording = new ArrayList<>();
        Thread.currentThread().interrupt();
        Recording.whileHeld(
                () -> true,
                "work",
                () -> interruptedWhileRecording.add(Thread.currentThread().isInterrupted()),
                instead::add);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(interruptedWhileRecording).containsExactly(false);
    }
}
