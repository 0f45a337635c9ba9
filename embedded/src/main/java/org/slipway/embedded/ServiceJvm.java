package org.slipway.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the JVM of a service is started: the same in the quick start, the tests, the benchmarks and the image
 * ({@code deploy/Dockerfile}, which a test compares with this), so that what was measured is what runs.
 */
public final class ServiceJvm {

    /**
     * A service waits for others most of its time: memory counts for more than the last bit of speed. 20 to 30 MiB of its heap are
     * in use; the rest of its memory is classes (89 MiB), what the C library holds, the JVM itself and its code. The heap starts
     * small and with a small young generation, since the serial collector touches all of both before it collects, and keeps
     * little beyond what is in use: without the step by step, one collection gives back all that is too much. The second compiler
     * takes much for its work, its code and its profiles; what only its code was fast enough for, AES-GCM, SHA-256 and HMAC,
     * comes from a native library (decision 0008).
     */
    public static final List<String> OPTIONS = List.of(
            "-Xms24m",
            "-Xmx76m",
            "-Xmn8m",
            "-XX:SurvivorRatio=4",
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=20",
            "-XX:-ShrinkHeapInSteps",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=1",
            "-XX:TrimNativeHeapInterval=5000",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED");

    /** The C library keeps pools of free memory for its threads, else up to eight for each core. */
    public static final Map<String, String> ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "2");

    private ServiceJvm() {}

    /** The command that runs a packaged service. */
    public static List<String> command(Path jar) {
        List<String> command = new ArrayList<>();
        command.add(ChildProcess.java());
        command.addAll(OPTIONS);
        command.add("-jar");
        command.add(jar.toString());
        return command;
    }

    /** The same as a person would type it, without the jar. */
    public static String shown() {
        StringBuilder shown = new StringBuilder();
        ENVIRONMENT.forEach(
                (name, value) -> shown.append(name).append('=').append(value).append(' '));
        return shown.append("java ")
                .append(String.join(" ", OPTIONS))
                .append(" -jar")
                .toString();
    }
}
