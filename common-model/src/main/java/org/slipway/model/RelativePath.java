package org.slipway.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A path relative to a project directory. One that exists is a safe one: not absolute, no {@code ..}, no empty or
 * {@code .} segment, no NUL, at most 2,600 bytes in all and 255 in a segment. Slashes separate; the order is that of
 * {@link String#compareTo}, so a directory comes before what is in it.
 */
public record RelativePath(String value) implements Comparable<RelativePath> {

    /** The most bytes (UTF-8) that a path may have: an index of PostgreSQL takes 2,704 in a row, the number of the project included. */
    public static final int MAX_BYTES = 2600;

    /** The most bytes (UTF-8) that one segment may have. */
    public static final int MAX_SEGMENT_BYTES = 255;

    /**
     * @throws InvalidPathException when the path is not a safe one; the message says what to do
     */
    public RelativePath {
        if (value.isEmpty()) {
            throw new InvalidPathException(value, "is empty; name a file or directory inside the project directory");
        }
        if (value.indexOf('\0') >= 0) {
            throw new InvalidPathException(value, "has a NUL character in it");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new InvalidPathException(value, "has half a surrogate pair in it, which no file name can hold");
        }
        if (value.startsWith("/")) {
            throw new InvalidPathException(value, "is absolute; write it relative to the project directory");
        }
        if (utf8Length(value) > MAX_BYTES) {
            throw new InvalidPathException(value, "is longer than " + MAX_BYTES + " bytes");
        }
        for (String segment : value.split("/", -1)) {
            switch (segment) {
                case "" ->
                    throw new InvalidPathException(
                            value, "has an empty segment; use single slashes and none at the end");
                case "." -> throw new InvalidPathException(value, "has a '.' segment; leave it out");
                case ".." ->
                    throw new InvalidPathException(
                            value, "has a '..' segment; a path never leaves the project directory");
                default -> {
                    if (utf8Length(segment) > MAX_SEGMENT_BYTES) {
                        throw new InvalidPathException(
                                value, "has a segment longer than " + MAX_SEGMENT_BYTES + " bytes");
                    }
                }
            }
        }
    }

    /**
     * What a person typed: one slash at the end and a leading {@code ./} are forgiven, the rest is checked.
     *
     * @throws InvalidPathException when the path is not a safe one
     */
    public static RelativePath ofUserInput(String typed) {
        String value = typed;
        while (value.startsWith("./")) {
            value = value.substring(2);
        }
        if (value.length() > 1 && value.endsWith("/") && !value.endsWith("//")) {
            value = value.substring(0, value.length() - 1);
        }
        return new RelativePath(value);
    }

    /** The path of the directory that holds this one; empty for one directly in the project directory. */
    public Optional<RelativePath> parent() {
        int slash = value.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(new RelativePath(value.substring(0, slash)));
    }

    /** The last segment. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** The segments, first one first. */
    public List<String> segments() {
        return List.of(value.split("/"));
    }

    /** Whether this path is {@code other} or lies below it. */
    public boolean isAtOrBelow(RelativePath other) {
        return value.equals(other.value)
                || (value.startsWith(other.value) && value.charAt(other.value.length()) == '/');
    }

    @Override
    public int compareTo(RelativePath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** A text that is not a safe relative path; the message names it and says what to do. */
    public static final class InvalidPathException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        InvalidPathException(String path, String why) {
            super("the path '" + shown(path) + "' " + why);
        }

        private static String shown(String path) {
            String printable = path.replaceAll("\\p{Cntrl}", "?");
            return printable.length() <= 200 ? printable : printable.substring(0, 200) + "…";
        }
    }
}
