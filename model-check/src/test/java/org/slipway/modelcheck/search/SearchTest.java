package org.slipway.modelcheck.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slipway.modelcheck.search.Step.Cause;

/** The search finds what is there, by the shortest way. */
class SearchTest {
    private static final Step ONE_ON = new Step(Cause.WORK, "counter", "goes one on");
    private static final Step TWO_ON = new Step(Cause.HAZARD, "counter", "goes two on");
    private static final int ENOUGH = 1000;

    @Test
    void looksAtEveryStateOnce() {
        Exploration all = Search.explore(new Counter(100, 1000, 1000), ENOUGH);

        assertThat(all.complete()).isTrue();
        assertThat(all.states()).isEqualTo(101);
        assertThat(all.transitions()).isEqualTo(199);
        assertThat(all.depth()).isEqualTo(50);
        assertThat(all.counterexample()).isEmpty();
    }

    @Test
    void findsTheNearestBrokenState() {
        Exploration found = Search.explore(new Counter(100, 7, 1000), ENOUGH);

        assertThat(found.complete()).isFalse();
        assertThat(found.counterexample().orElseThrow().way()).hasSize(4);
        assertThat(found.counterexample().orElseThrow().toString())
                .contains("seven is not liked, after 4 steps", "counter: goes one on", "at 7");
    }

    @Test
    void findsTheNearestStepThatMustNotBeTaken() {
        Exploration found = Search.explore(new Counter(100, 1000, 6), ENOUGH);

        assertThat(found.counterexample().orElseThrow().broken()).isEqualTo("nobody goes on from 6");
        assertThat(found.counterexample().orElseThrow().way()).hasSize(4);
    }

    @Test
    void findsWhereNothingSureLeadsOn() {
        Model<Integer> onlySettledAtTheStart = new Counter(10, 1000, 1000) {
            @Override
            public boolean settled(Integer state) {
                return state == 0;
            }
        };

        Counterexample stuck =
                Search.explore(onlySettledAtTheStart, ENOUGH).counterexample().orElseThrow();

        assertThat(stuck.broken()).contains("nothing that is sure to come");
        assertThat(stuck.way()).hasSize(1);
    }

    @Test
    void saysWhenItGaveUp() {
        Exploration some = Search.explore(new Counter(100, 1000, 1000), 10);

        assertThat(some.complete()).isFalse();
        assertThat(some.toString()).contains("cut off");
    }

    /** Counts in steps of one and two up to an end, where it may stay. */
    private static class Counter implements Model<Integer> {
        private final int end;
        private final int broken;
        private final int forbidden;

        Counter(int end, int broken, int forbidden) {
            this.end = end;
            this.broken = broken;
            this.forbidden = forbidden;
        }

        @Override
        public Integer start() {
            return 0;
        }

        @Override
        public void steps(Integer from, Steps<Integer> steps) {
            if (from < end) {
                steps.take(ONE_ON, () -> {
                    if (from == forbidden) {
                        throw new Violation("nobody goes on from " + from);
                    }
                    return from + 1;
                });
            }
            if (from + 2 <= end) {
                steps.take(TWO_ON, () -> from + 2);
            }
        }

        @Override
        public @Nullable String broken(Integer state) {
            return state == broken ? "seven is not liked" : null;
        }

        @Override
        public boolean settled(Integer state) {
            return state == end;
        }

        @Override
        public int words() {
            return 1;
        }

        @Override
        public void pack(Integer state, long[] into) {
            into[0] = state;
        }

        @Override
        public Integer unpack(long[] packed) {
            return (int) packed[0];
        }

        @Override
        public String show(Integer state) {
            return "at " + state;
        }
    }
}
