package org.slipway.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.slipway.embedded.EmbeddedPostgres;

/** A running server, as text that fits into one system property. */
record PostgresServer(String host, int port, String user, String password) {

    static PostgresServer parse(String text) {
        String[] words = text.split(" ", -1);
        return new PostgresServer(words[0], Integer.parseInt(words[1]), words[2], words[3]);
    }

    String text() {
        return host + " " + port + " " + user + " " + password;
    }

    Database newDatabase() {
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        try (Connection connection = EmbeddedPostgres.connect(jdbcUrl("postgres"), user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException cannot) {
            throw new IllegalStateException("cannot create a database at " + jdbcUrl("postgres"), cannot);
        }
        return new Database(jdbcUrl(name), user, password);
    }

    private String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }
}
