package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scripts that run on hosts, as fixed text. The command line that starts one means the same to every login shell (sh, bash, dash,
 * zsh, csh, tcsh, fish) and leaves standard input to the data; variable data is in arguments, encoded, or on standard input.
 */
enum Script {
    RESIDENT,
    PROBE,
    LIST,
    HASH("hash-files"),
    READ,
    BLOCKS,
    PREPARE("whose", "target", "stat", "look-files"),
    LOOK("target", "stat", "look-files"),
    OPEN("whose", "target"),
    STAGE("target", "hash-files", "groups", "patch-files", "stage-files"),
    PUBLISH("target", "groups", "publish-files", "stat"),
    STAGE_AND_PUBLISH("target", "hash-files", "groups", "stage-files", "publish-files", "stat"),
    ARCHIVE("whose", "target"),
    CHECK("whose");

    /** Dropbear takes a command of 9,000 bytes at most. */
    static final int MAX_COMMAND_BYTES = 8_900;

    /** The csh of the BSDs takes a word of less than 8,192 bytes. */
    static final int MAX_WORD_BYTES = 8_000;

    /** Decodes and runs its first argument, which in turn decodes the others. What the shell says of an error begins with the name. */
    static final String START = "/bin/sh -c 'eval \"shift; $(printf %b \"$1\")\"' slipway ";

    private final String text;

    Script(String... parts) {
        this.text = Stream.concat(
                        Stream.concat(Stream.of("prelude"), Stream.of(parts)),
                        Stream.of(name().toLowerCase(Locale.ROOT)))
                .map(Script::load)
                .collect(Collectors.joining("\n"));
    }

    /** The script itself. */
    String text() {
        return text;
    }

    /** The command line that runs this script with these arguments. */
    String command(List<String> arguments) {
        StringBuilder command = new StringBuilder(START)
                .append('\'')
                .append(encoded(text, false))
                .append('\'');
        for (String argument : arguments) {
            command.append(" '").append(encoded(argument, false)).append('\'');
        }
        return command.toString();
    }

    /**
     * A text in the encoding of {@code printf %b}, with everything encoded that is not ASCII or that some shell takes specially even
     * between single quotes.
     *
     * @param asWord whether it is a word without quotes: then spaces are encoded too
     */
    static String encoded(String value, boolean asWord) {
        StringBuilder to = new StringBuilder(value.length() + 16);
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            if (b == '\n') {
                to.append("\\n");
            } else if (b < ' ' || b > '~' || b == '\'' || b == '\\' || b == '!' || (asWord && b == ' ')) {
                to.append(String.format(Locale.ROOT, "\\0%03o", b & 0xff));
            } else {
                to.append((char) b);
            }
        }
        return to.toString();
    }

    /** The text of a resource without its comments and indentation, which no host needs to be sent. */
    private static String load(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".sh")) {
            if (in == null) {
                throw new IllegalStateException("no script " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
