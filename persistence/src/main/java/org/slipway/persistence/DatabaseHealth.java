package org.slipway.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/**
 * Without the database a service can do nothing, and is not ready; it lives, and works again when the database is back. The answer comes in
 * time also where the database gives none: one question is under way at most, on a thread of its own, and whoever asks meanwhile waits
 * for the same answer.
 */
@Readiness
@ApplicationScoped
class DatabaseHealth implements HealthCheck {
    /** Less than the three seconds that the probes of {@code deploy/} wait. */
    private static final Duration UNTIL_ANSWER = Duration.ofSeconds(2);

    private final DataSource database;
    private final DatabaseAtStart start;
    private @Nullable FutureTask<Boolean> question;

    DatabaseHealth(DataSource database, DatabaseAtStart start) {
        this.database = database;
        this.start = start;
    }

    @Override
    public HealthCheckResponse call() {
        return trouble()
                .map(why -> HealthCheckResponse.named("database")
                        .down()
                        .withData("why", why)
                        .build())
                .orElseGet(() -> HealthCheckResponse.named("database").up().build());
    }

    private Optional<String> trouble() {
        if (!start.usable()) {
            return Optional.of("PostgreSQL was not found yet");
        }
        try {
            return ask().get(UNTIL_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    ? Optional.empty()
                    : Optional.of("the connection is not valid");
        } catch (ExecutionException e) {
            return Optional.of(String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        } catch (TimeoutException e) {
            return Optional.of("no answer within " + UNTIL_ANSWER.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    private synchronized FutureTask<Boolean> ask() {
        FutureTask<Boolean> current = question;
        if (current == null || current.isDone()) {
            current = new FutureTask<>(this::answers);
            question = current;
            Thread.ofPlatform().daemon().name("database-health").start(current);
        }
        return current;
    }

    private boolean answers() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return connection.isValid((int) UNTIL_ANSWER.toSeconds());
        }
    }
}
