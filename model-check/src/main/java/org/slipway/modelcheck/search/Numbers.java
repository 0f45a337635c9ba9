package org.slipway.modelcheck.search;

import java.util.Arrays;

/** A list of ints that grows. */
final class Numbers {
    private int[] numbers = new int[1 << 12];
    private int size;

    void add(int number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, size + (size >> 1));
        }
        numbers[size++] = number;
    }

    int get(int at) {
        return numbers[at];
    }

    int size() {
        return size;
    }
}
