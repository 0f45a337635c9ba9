package org.slipway.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseAtStartTest {
    @Test
    @Timeout(60)
    void aSilentNetworkKeepsAServiceFromReadinessAndNotFromStarting() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            PGSimpleDataSource pool = to(silent);
            pool.setSocketTimeout(1);
            DatabaseAtStart start = new DatabaseAtStart(
                    pool, Flyway.configure().dataSource(to(silent)).load());

            start.find(new StartupEvent());

            assertThat(start.usable()).isFalse();
            start.stop(new ShutdownEvent());
        }
    }

    private static PGSimpleDataSource to(ServerSocket silent) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {silent.getInetAddress().getHostAddress()});
        source.setPortNumbers(new int[] {silent.getLocalPort()});
        source.setSslmode("disable");
        return source;
    }
}
