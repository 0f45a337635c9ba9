package org.slipway.controller.check;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slipway.controller.problem.Problem;
import org.slipway.model.ServerRole;
import org.slipway.transfer.Host;
import org.slipway.transfer.Host.CheckLine;
import org.slipway.transfer.TransferException;

/** Looks whether Slipway can work on a server, and says everything that it found. No transaction spans the look. */
@ApplicationScoped
class CheckServer {
    private final CheckedServers servers;
    private final SshAccess ssh;

    CheckServer(CheckedServers servers, SshAccess ssh) {
        this.servers = servers;
        this.ssh = ssh;
    }

    /**
     * What was found.
     *
     * @param ok whether every line is
     */
    record Found(String server, boolean ok, List<CheckLine> lines) {
        static Found of(String server, List<CheckLine> lines) {
            return new Found(server, lines.stream().allMatch(CheckLine::ok), lines);
        }
    }

    /**
     * @throws Problem {@code NOT_FOUND}
     */
    Found check(String project, String name) {
        CheckedServers.Target target = servers.target(project, name);
        Optional<CheckLine> obstacle = ssh.obstacle();
        if (obstacle.isPresent()) {
            return Found.of(name, List.of(obstacle.get()));
        }
        List<CheckLine> lines = new ArrayList<>();
        try (Host host = ssh.hosts().openAnew(target.address())) {
            lines.addAll(host.check(target.role() != ServerRole.DEVELOPMENT, target.backupFile()));
        } catch (TransferException e) {
            lines.add(new CheckLine(
                    e.failure().kind().toLowerCase(Locale.ROOT).replace('_', '-'),
                    false,
                    e.failure().message()));
        }
        return Found.of(name, lines);
    }
}
