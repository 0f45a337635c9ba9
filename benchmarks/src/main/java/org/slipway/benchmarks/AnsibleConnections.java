package org.slipway.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slipway.embedded.Await;

/** Connections that Ansible's ssh leaves open in the background: they would go on by themselves after a minute. */
public final class AnsibleConnections {
    private AnsibleConnections() {}

    /** Those whose sockets lie below this directory. */
    public static List<ProcessHandle> below(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> isBelow(directory, process))
                .toList();
    }

    /** Ends them, and waits for it. */
    public static void end(Path directory, Duration atMost) {
        List<ProcessHandle> open = below(directory);
        open.forEach(ProcessHandle::destroy);
        Await.until(atMost, "connections to end", () -> open.stream().noneMatch(ProcessHandle::isAlive));
    }

    private static boolean isBelow(Path directory, ProcessHandle process) {
        try {
            return Files.readString(
                            Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1)
                    .startsWith("ssh: " + directory);
        } catch (IOException ended) {
            return false;
        }
    }
}
