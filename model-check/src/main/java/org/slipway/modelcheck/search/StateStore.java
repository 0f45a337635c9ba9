package org.slipway.modelcheck.search;

import java.util.Arrays;

/** Every state that was reached, written down, each with a number: in the order in which they were found. */
final class StateStore {
    private final int words;
    private long[] packed;
    private int[] table = new int[1 << 16];
    private int size;

    StateStore(int words) {
        this.words = words;
        this.packed = new long[words << 12];
    }

    int size() {
        return size;
    }

    /** The number of a state; one as high as {@link #size} was where it is new. */
    int add(long[] state) {
        int at = hash(state) & (table.length - 1);
        while (table[at] != 0) {
            int number = table[at] - 1;
            if (Arrays.equals(packed, number * words, (number + 1) * words, state, 0, words)) {
                return number;
            }
            at = (at + 1) & (table.length - 1);
        }
        if ((size + 1) * words > packed.length) {
            packed = Arrays.copyOf(packed, packed.length + (packed.length >> 1));
        }
        System.arraycopy(state, 0, packed, size * words, words);
        table[at] = ++size;
        if (size > table.length >> 1) {
            grow();
        }
        return size - 1;
    }

    void read(int number, long[] into) {
        System.arraycopy(packed, number * words, into, 0, words);
    }

    private void grow() {
        int[] larger = new int[table.length << 1];
        long[] state = new long[words];
        for (int number = 0; number < size; number++) {
            read(number, state);
            int at = hash(state) & (larger.length - 1);
            while (larger[at] != 0) {
                at = (at + 1) & (larger.length - 1);
            }
            larger[at] = number + 1;
        }
        table = larger;
    }

    private static int hash(long[] state) {
        long mixed = 0;
        for (long word : state) {
            mixed = (mixed ^ word) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 29;
        }
        return (int) (mixed ^ (mixed >>> 32));
    }
}
