package org.slipway.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the figures were measured on. */
public final class Machine {
    private Machine() {}

    public static String described() {
        return "%s, %d cores, %s MiB memory, Linux %s, Java %s (%s)"
                .formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        field(Path.of("/proc/meminfo"), "MemTotal") / 1024,
                        kernel(System.getProperty("os.version")),
                        System.getProperty("java.version"),
                        System.getProperty("java.vendor"));
    }

    /** Up to the patch level: what a distributor appends names its build, and says nothing about speed. */
    static String kernel(String version) {
        return version.replaceFirst("^(\\d+(?:\\.\\d+)*).*$", "$1");
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException cannot) {
            return System.getProperty("os.arch");
        }
    }

    /** A line such as {@code VmRSS:  1234 kB} of a file of /proc, as its number. */
    public static long field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name + ":"))
                    .map(line -> Long.valueOf(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no line " + name));
        } catch (IOException cannot) {
            throw new IllegalStateException("cannot read " + file, cannot);
        }
    }
}
