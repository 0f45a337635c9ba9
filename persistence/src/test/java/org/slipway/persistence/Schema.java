package org.slipway.persistence;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.slipway.testing.Database;

/** Puts the schema into an empty database, for tests that need no Quarkus. */
public final class Schema {
    private static final String SCRIPT = "/db/migration/V1__slipway.sql";

    private Schema() {}

    public static DataSource in(Database database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.jdbcUrl());
        source.setUser(database.user());
        source.setPassword(database.password());
        try (InputStream script = Objects.requireNonNull(Schema.class.getResourceAsStream(SCRIPT));
                Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return source;
    }
}
