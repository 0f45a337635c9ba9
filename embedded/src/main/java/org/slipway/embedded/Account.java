package org.slipway.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who runs this JVM, as the system sees it; {@code user.name} follows the environment and may say anything. */
final class Account {

    private static final Path SELF = Path.of("/proc/self");

    private Account() {}

    static boolean isRoot() {
        return uid() == 0;
    }

    /** Whether the system has a name for it; in containers it may be a mere number. */
    static boolean hasName() {
        try {
            return !Files.getOwner(SELF).getName().equals(Integer.toString(uid()));
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static int uid() {
        try {
            return (int) Files.getAttribute(SELF, "unix:uid");
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
