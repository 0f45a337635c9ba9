package org.slipway.document;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of the repository that is written from the code. A test calls {@link #check}; run with
 * {@code -Dslipway.docs.write=true} it writes the file instead.
 */
public final class GeneratedDocument {

    /** The system property that lets the tests write their documents instead of checking them. */
    public static final String WRITE = "slipway.docs.write";

    private final Path root;
    private final String path;
    private final String command;

    GeneratedDocument(Path root, String path, String command) {
        this.root = root;
        this.path = path;
        this.command = command;
    }

    /**
     * The document that a test looks after.
     *
     * @param path where it lies, from the root of the repository
     * @param test the test that calls, for the command that people are told
     */
    public static GeneratedDocument of(String path, Class<?> test) {
        Path module = Path.of("").toAbsolutePath();
        Path root = repositoryRoot(module);
        return new GeneratedDocument(
                root,
                path,
                "mvn -pl %s -am test -Dtest=%s -Dsurefire.failIfNoSpecifiedTests=false -D%s=true"
                        .formatted(root.relativize(module), test.getSimpleName(), WRITE));
    }

    /** The directory of the outermost pom. */
    public static Path repositoryRoot(Path module) {
        Path root = module;
        for (Path up = module; up != null && Files.exists(up.resolve("pom.xml")); up = up.getParent()) {
            root = up;
        }
        return root;
    }

    /**
     * Compares the file with what it should say, or writes it when that was asked for.
     *
     * @throws AssertionError when the file says something else; the message has the command that writes it anew
     */
    public void check(String content) {
        check(content, Boolean.getBoolean(WRITE));
    }

    void check(String content, boolean write) {
        Path file = root.resolve(path);
        try {
            if (write) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, content);
            } else if (!Files.exists(file) || !Files.readString(file).equals(content)) {
                throw new AssertionError(path + " is stale; write it anew with: " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or write " + path, e);
        }
    }
}
