package org.slipway.model.message;

/** What every event holds to: keys and ids are built from names by slashes, so a name has none. */
final class Checks {

    private Checks() {}

    static void requireName(String field, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(field + " is empty");
        }
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException(field + " '" + name + "' has a slash in it");
        }
    }

    static void requireAtLeast(long least, String field, long value) {
        if (value < least) {
            throw new IllegalArgumentException(field + " is " + value + ", and must be at least " + least);
        }
    }
}
