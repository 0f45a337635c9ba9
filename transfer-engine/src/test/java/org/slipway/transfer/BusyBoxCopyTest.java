package org.slipway.transfer;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.model.HostAddress;

class BusyBoxCopyTest extends CopyContract {
    static OpenSsh sshd;
    static Hosts hosts;

    @BeforeAll
    static void start(@TempDir Path keys) {
        sshd = OpenSsh.start(keys, BusyBox.forcedCommand(keys));
        hosts = SshHosts.open(sshd.settings());
    }

    @AfterAll
    static void stop() {
        if (hosts != null) {
            hosts.close();
            sshd.close();
        }
    }

    @Override
    Hosts hosts() {
        return hosts;
    }

    @Override
    HostAddress address(Path project) {
        return sshd.address(project);
    }

    @Override
    boolean fractions() {
        return false;
    }
}
