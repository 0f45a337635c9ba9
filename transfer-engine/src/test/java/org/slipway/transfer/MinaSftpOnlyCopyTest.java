package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

class MinaSftpOnlyCopyTest extends CopyContract {
    static MinaServer sshd;
    static Hosts hosts;

    @BeforeAll
    static void start(@TempDir Path keys) {
        sshd = MinaServer.start(keys, false);
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

    @Override
    boolean sticky() {
        return false;
    }

    @Test
    void readsASmallFileOneRequestAtATime(@TempDir Path dir) throws Exception {
        Path project = Files.createDirectory(dir.resolve("project"));
        Files.writeString(project.resolve("a"), "small");
        AtomicInteger reads = new AtomicInteger();
        SftpEventListener counting = new SftpEventListener() {
            @Override
            public void read(
                    ServerSession session,
                    String remote,
                    FileHandle handle,
                    long offset,
                    byte[] data,
                    int dataOffset,
                    int dataLength,
                    int readLength,
                    Throwable thrown) {
                reads.incrementAndGet();
            }
        };
        try (MinaServer server = MinaServer.start(dir.resolve("keys"), false, counting);
                Hosts own = SshHosts.open(server.settings());
                Host host = own.open(server.address(project))) {
            host.list(List.of(new RelativePath("a")), Host.Hashing.ALL, Host.CopyWatcher.none());
        }

        assertThat(reads.get()).isEqualTo(2);
    }
}
