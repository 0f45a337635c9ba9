package org.slipway.transfer.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.transfer.Host.BackupOrder;
import org.slipway.transfer.Host.BackupResult;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.TransferException;

/**
 * One backup of a host with a shell. The names in the archive begin with {@code ./}, so unpacking it in an empty directory gives the
 * project directory.
 */
final class ShellArchive {
    /** What every archive needs on the host. */
    static final List<String> TOOLS =
            List.of("tar", "stat", "mv", "ln", "cp", "mkdir", "rm", "flock", "chmod", "sync", "du", "wc");

    private final ShellHost host;
    private final Fence fence;
    private final Pulse pulse;

    ShellArchive(ShellHost host, Fence fence, Pulse pulse) {
        this.host = host;
        this.fence = fence;
        this.pulse = pulse;
    }

    BackupResult archive(BackupOrder order) throws TransferException {
        Diagnosis diagnosis = host.diagnosis().alsoOf(SftpArchive.directoryOf(order.file()));
        BackupFormat format = BackupFormat.of(order.file(), diagnosis);
        host.require(Stream.concat(TOOLS.stream(), format.tools().stream()).toList());
        pulse.ask();
        List<String> arguments = new ArrayList<>(
                host.targetArguments(fence, String.format(Locale.ROOT, "%019d", fence.epoch()), Long.MAX_VALUE));
        arguments.add(order.file());
        arguments.add(Integer.toString(order.keep()));
        arguments.add(format.tool());
        try (Exec exec = Exec.alone(host.connection(), diagnosis, pulse, Script.ARCHIVE, fence.epoch(), 0, arguments)) {
            return follow(exec, order);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private BackupResult follow(Exec exec, BackupOrder order) throws IOException, TransferException {
        Fields fields = exec.answer();
        long size = 0;
        for (String tag = exec.nextTag(); tag != null; tag = exec.nextTag()) {
            switch (tag) {
                case "size" -> {
                    size = StatRecords.number(fields.ascii(), 10);
                    pulse.watcher().fenceRaised();
                    Failpoint.FENCE_RAISED.passed();
                }
                case "tick" -> {
                    long done = StatRecords.number(fields.ascii(), 10);
                    pulse.progress(0, 1, Math.min(done, size), size);
                    pulse.beat();
                }
                case "written" -> Failpoint.ARCHIVE_WRITTEN.passed();
                case "verified" -> {
                    Failpoint.ARCHIVE_VERIFIED.passed();
                    pulse.askToPublish();
                    exec.stdin().write("go\n".getBytes(StandardCharsets.US_ASCII));
                    exec.stdin().flush();
                }
                case "done" -> {
                    BackupResult result = new BackupResult(
                            order.file(),
                            StatRecords.number(fields.ascii(), 10),
                            fields.ascii(),
                            StatRecords.number(fields.ascii(), 10));
                    exec.restOfTags();
                    Failpoint.ARCHIVE_PLACED.passed();
                    pulse.progressLast(1, size);
                    return result;
                }
                default -> throw new IOException("unknown record '" + tag + "'");
            }
        }
        throw new EOFException("the archive's end was not told");
    }
}
