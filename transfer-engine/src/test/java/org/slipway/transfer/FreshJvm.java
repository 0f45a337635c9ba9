package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a class in a JVM that did nothing before: providers and native libraries are chosen once for each. */
public final class FreshJvm {

    private FreshJvm() {}

    /** The same where no native library can be unpacked: this file stands in the place of the directory for temporary files. */
    public static String runWithoutNativeCode(Class<?> main, Path file) throws IOException, InterruptedException {
        Files.createFile(file);
        return run(main, "-Djava.io.tmpdir=" + file);
    }

    /** What it printed, errors too; it has to end well. */
    public static String run(Class<?> main, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // The JVM tells when it has read it.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
