package org.slipway.persistence.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;

class WorkLoopTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration OFTEN = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private @Nullable WorkLoop loop;

    @AfterEach
    void stop() {
        if (loop != null) {
            loop.stop(Duration.ZERO);
        }
    }

    private WorkLoop started(int parallel, Duration scan) {
        return started(parallel, scan, () -> Optional.ofNullable(waiting.poll()));
    }

    private WorkLoop started(int parallel, Duration scan, Supplier<Optional<Runnable>> claim) {
        WorkLoop started = new WorkLoop("test", parallel, scan, () -> {
            looks.incrementAndGet();
            return claim.get();
        });
        loop = started;
        started.start();
        return started;
    }

    private void awaitLooks(int atLeast) {
        Await.until(LONGEST, atLeast + " looks", () -> looks.get() >= atLeast);
    }

    private void awaitDone(int number) {
        Await.until(LONGEST, number + " pieces of work", () -> done.get() == number);
    }

    @Test
    void doesWhatWaitsAtTheStart() {
        waiting.add(done::incrementAndGet);
        waiting.add(done::incrementAndGet);
        started(1, NEVER);

        awaitDone(2);
    }

    @Test
    void looksWhenItIsWoken() {
        WorkLoop loop = started(1, NEVER);
        awaitLooks(1);
        waiting.add(done::incrementAndGet);
        loop.wake();

        awaitDone(1);
    }

    @Test
    void losesNoWakeUpThatComesDuringALook() {
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch woken = new CountDownLatch(1);
        WorkLoop loop = started(1, NEVER, () -> {
            Optional<Runnable> seen = Optional.ofNullable(waiting.poll());
            looking.countDown();
            awaitUninterrupted(woken);
            return seen;
        });
        awaitUninterrupted(looking);
        waiting.add(done::incrementAndGet);
        loop.wake();
        woken.countDown();

        awaitDone(1);
    }

    @Test
    void findsWorkByItsScanWhenNobodyWakesIt() {
        started(1, OFTEN);
        awaitLooks(1);
        waiting.add(done::incrementAndGet);

        awaitDone(1);
    }

    @Test
    void doesSeveralPiecesAtATimeAndNoMore() {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 9; i++) {
            waiting.add(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                awaitUninterrupted(go);
                running.decrementAndGet();
                done.incrementAndGet();
            });
        }
        WorkLoop loop = started(3, OFTEN);
        Await.until(LONGEST, "three at a time", () -> running.get() == 3);
        assertThat(loop.running()).isEqualTo(3);
        assertThat(waiting).hasSize(6);
        go.countDown();

        awaitDone(9);
        assertThat(most).hasValue(3);
    }

    @Test
    void looksAgainAfterALookThatFailed() {
        AtomicBoolean away = new AtomicBoolean(true);
        started(1, OFTEN, () -> {
            if (away.get()) {
                throw new IllegalStateException("no connection");
            }
            return Optional.ofNullable(waiting.poll());
        });
        awaitLooks(3);
        waiting.add(done::incrementAndGet);
        away.set(false);

        awaitDone(1);
    }

    @Test
    void looksAgainAfterALookThatEndedInAnError() {
        started(1, OFTEN, () -> {
            if (looks.get() == 1) {
                throw new NoClassDefFoundError("x");
            }
            return Optional.ofNullable(waiting.poll());
        });
        waiting.add(done::incrementAndGet);

        awaitDone(1);
    }

    @Test
    void goesOnAfterWorkThatEndedInAnException() {
        waiting.add(() -> {
            throw new IllegalStateException("bug");
        });
        waiting.add(done::incrementAndGet);
        started(1, NEVER);

        awaitDone(1);
    }

    @Test
    void collectsWhatWorkLeftOnceThereIsNoMore() {
        List<WeakReference<byte[]>> left = new ArrayList<>();
        waiting.add(() -> {
            left.add(new WeakReference<>(new byte[1 << 20]));
            done.incrementAndGet();
        });
        started(1, OFTEN);
        awaitDone(1);

        Await.until(LONGEST, "a collection", () -> left.getFirst().get() == null);
    }

    @Test
    void stopWaitsForWorkThatEndsInTime() {
        CountDownLatch begun = new CountDownLatch(1);
        WorkLoop loop = started(2, OFTEN);
        waiting.add(() -> {
            begun.countDown();
            Await.until(LONGEST, "the loop to stop", this::stopping);
            done.incrementAndGet();
        });
        awaitUninterrupted(begun);
        loop.stop(LONGEST);

        assertThat(done).hasValue(1);
        assertThat(loop.running()).isEqualTo(2);
    }

    private boolean stopping() {
        return loop != null && loop.stopping();
    }

    @Test
    void stopInterruptsWorkAfterTheGraceAndLetsItPutThingsInOrder() {
        CountDownLatch begun = new CountDownLatch(1);
        waiting.add(() -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                done.incrementAndGet();
            }
        });
        WorkLoop loop = started(1, NEVER);
        awaitUninterrupted(begun);
        loop.stop(Duration.ofMillis(1));

        assertThat(done).hasValue(1);
    }

    @Test
    void takesNothingNewOnceItIsStopped() {
        WorkLoop loop = started(1, OFTEN);
        awaitLooks(1);
        loop.stop(LONGEST);
        int looksAtTheStop = looks.get();
        waiting.add(done::incrementAndGet);
        loop.wake();
        Await.until(LONGEST, "the looker to end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("test")));

        assertThat(looks).hasValue(looksAtTheStop);
        assertThat(waiting).hasSize(1);
    }

    @Test
    void tellsRunningWorkToStopWithoutWaitingAndWaitsWhenItIsStopped() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        WorkLoop loop = started(1, OFTEN);
        waiting.add(() -> {
            begun.countDown();
            Await.until(LONGEST, "the loop to stop", this::stopping);
            awaitUninterrupted(goOn);
            done.incrementAndGet();
        });
        awaitUninterrupted(begun);
        loop.askToStop();
        assertThat(done).hasValue(0);

        goOn.countDown();
        loop.stop(LONGEST);
        assertThat(done).hasValue(1);
    }

    @Test
    void stoppingTwiceDoesNotWaitTwice() {
        WorkLoop loop = started(1, OFTEN);
        loop.stop(LONGEST);
        loop.close();

        assertThat(loop.stopping()).isTrue();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        Await.until(LONGEST, "a signal", () -> latch.getCount() == 0);
    }
}
