package org.slipway.persistence;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;

/**
 * Brings the schema to this version, as soon as there is a database. While there is none the process lives, says so, is not ready, and asks
 * again. A database that cannot be used as it is (a wrong password, a schema of another version) needs a person, and ends the process.
 */
@ApplicationScoped
class DatabaseAtStart {
    private static final Logger LOG = Logger.getLogger(DatabaseAtStart.class);
    private static final String CANNOT_BE_USED = "The database cannot be used as it is: ";
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    /** Before everything that works with the database. */
    private static final int FIRST = 1;

    private final DataSource pool;
    private final Flyway flyway;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean usable;

    DatabaseAtStart(DataSource pool, Flyway flyway) {
        this.pool = pool;
        this.flyway = flyway;
    }

    /** Whether the database was found, and has the schema of this version. */
    boolean usable() {
        return usable;
    }

    void find(@Observes @Priority(FIRST) StartupEvent event) {
        try {
            migrate();
        } catch (SQLException | FlywayException e) {
            if (!DatabaseTrouble.passes(e)) {
                throw new ConfigurationException(CANNOT_BE_USED + words(e));
            }
            LOG.warnf(
                    "PostgreSQL cannot be used yet; this service waits for it, and is not ready until then: %s",
                    words(e));
            Thread.ofPlatform().daemon().name("database").start(this::findLater);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stopping.countDown();
    }

    private void findLater() {
        try {
            while (!usable && !stopping.await(BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    migrate();
                    LOG.info("PostgreSQL is there, with the schema of this version.");
                } catch (SQLException | RuntimeException | Error e) {
                    // Whatever it is: a service that waits with nobody looking would never be ready.
                    if (!DatabaseTrouble.passes(e)) {
                        LOG.error(CANNOT_BE_USED + words(e) + ". This service ends.");
                        Quarkus.asyncExit(1);
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void migrate() throws SQLException {
        answers();
        flyway.migrate();
        usable = true;
    }

    /** Migrations have no limit of time, so a network that is silent is met before they begin, where there is one. */
    private void answers() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }
    }

    /** Flyway's own words take many lines; what the driver says is at their bottom. */
    private static String words(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }
}
