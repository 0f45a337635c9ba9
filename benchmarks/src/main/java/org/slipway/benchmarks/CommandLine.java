package org.slipway.benchmarks;

import java.util.List;

/** Reads the values of options. */
public final class CommandLine {
    private CommandLine() {}

    /**
     * The word at this place, which is the value of the option before it.
     *
     * @throws IllegalArgumentException where there is none, with words for people
     */
    public static String value(List<String> words, int at) {
        if (at >= words.size()) {
            throw new IllegalArgumentException(words.getLast() + " needs a value");
        }
        return words.get(at);
    }

    /**
     * The same as a number of at most seven digits.
     *
     * @throws IllegalArgumentException where it is none, or less than {@code least}, with words for people
     */
    public static int number(List<String> words, int at, int least) {
        String value = value(words, at);
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < least) {
            throw new IllegalArgumentException(words.get(at - 1) + " needs a number of at least " + least);
        }
        return Integer.parseInt(value);
    }
}
