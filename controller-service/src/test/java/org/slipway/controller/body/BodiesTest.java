package org.slipway.controller.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;

class BodiesTest {
    private static final int MOST = 100_000;

    private final Bodies bodies = new Bodies(MOST, Duration.ofSeconds(30));

    @Test
    void aCallerThatGoesAwayIsNoFaultOfSlipway() {
        InputStream cutOff = new SequenceInputStream(new ByteArrayInputStream(new byte[100]), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Connection was closed");
            }
        });

        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> bodies.withDocument(cutOff, body -> body))
                .withMessageContaining("did not arrive in full");
    }

    @Test
    void takesALargeBodyWholeAndGivesItsRoomBack() {
        byte[] large = new byte[MOST];
        large[0] = 1;
        large[MOST - 1] = 2;
        for (int time = 0; time < 3; time++) {
            assertThat(bodies.<byte[]>withDocument(new ByteArrayInputStream(large), body -> body))
                    .isEqualTo(large);
            assertThatExceptionOfType(Problem.class)
                    .isThrownBy(() -> bodies.withDocument(new ByteArrayInputStream(new byte[MOST + 1]), body -> body))
                    .matches(problem -> problem.type() == ProblemType.BODY_TOO_LARGE);
        }
    }

    @Test
    void refusesALargeBodyWhileAnotherIsInUseAndTakesLittleOnes() throws Exception {
        CountDownLatch inUse = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<Integer> first = other.submit(() -> bodies.withDocument(large(), body -> {
                inUse.countDown();
                await(enough);
                return body.length;
            }));
            try {
                await(inUse);
                InputStream second = large();

                assertThatExceptionOfType(Problem.class)
                        .isThrownBy(() -> bodies.withDocument(second, body -> body))
                        .matches(problem -> problem.type() == ProblemType.TOO_MANY_BODIES);
                assertThat(second.read()).as("what is left of a refused body").isEqualTo(-1);
                assertThat(bodies.<Integer>withDocument(
                                new ByteArrayInputStream(new byte[64 << 10]), body -> body.length))
                        .isEqualTo(64 << 10);
            } finally {
                enough.countDown();
            }
            assertThat(first.get()).isEqualTo(MOST);
        }
    }

    @Test
    void refusesABodyThatNeverEnds() {
        Bodies impatient = new Bodies(Integer.MAX_VALUE - 1, Duration.ofMillis(200));
        InputStream trickle = new InputStream() {
            @Override
            public int read() {
                return ' ';
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                int sent = Math.min(1, length);
                Arrays.fill(into, offset, offset + sent, (byte) ' ');
                return sent;
            }
        };

        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> impatient.withDocument(trickle, body -> body))
                .matches(problem -> problem.type() == ProblemType.BODY_TOO_SLOW);
        assertThat(impatient.<Integer>withDocument(large(), body -> body.length))
                .as("the next one")
                .isEqualTo(MOST);
    }

    @Test
    void takesLessAsYaml() {
        byte[] document = new byte[(3 << 20) + 1];
        Arrays.fill(document, (byte) ' ');

        assertThat(bodies.parse(document, "application/json").isMissingNode()).isTrue();
        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> bodies.parse(document, "application/yaml"))
                .withMessageContaining("as JSON")
                .matches(problem -> problem.type() == ProblemType.BODY_TOO_LARGE);
    }

    private static InputStream large() {
        return new ByteArrayInputStream(new byte[MOST]);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
