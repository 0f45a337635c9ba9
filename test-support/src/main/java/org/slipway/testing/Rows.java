package org.slipway.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Plain SQL for tests: what is there, and what shall be. Each call is a transaction of its own. */
final class Rows {
    private final DataSource database;

    Rows(DataSource database) {
        this.database = database;
    }

    /** Several statements in one transaction. */
    @FunctionalInterface
    interface Steps {
        void run(Connection connection) throws SQLException;
    }

    void inTransaction(Steps steps) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                steps.run(connection);
                connection.commit();
            } catch (SQLException | RuntimeException failed) {
                connection.rollback();
                throw failed;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException cannot) {
            throw new IllegalStateException(cannot.getMessage(), cannot);
        }
    }

    /** The first column of every row. */
    List<String> texts(String sql, @Nullable Object... parameters) {
        List<String> texts = new ArrayList<>();
        inTransaction(connection -> {
            try (PreparedStatement statement = prepare(connection, sql, parameters);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(String.valueOf(rows.getString(1)));
                }
            }
        });
        return texts;
    }

    String text(String sql, @Nullable Object... parameters) {
        List<String> texts = texts(sql, parameters);
        if (texts.size() != 1) {
            throw new IllegalStateException(texts.size() + " rows: " + sql);
        }
        return texts.getFirst();
    }

    void update(String sql, @Nullable Object... parameters) {
        inTransaction(connection -> update(connection, sql, parameters));
    }

    static void update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            if (statement.executeUpdate() == 0) {
                throw new IllegalStateException("no row: " + sql);
            }
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof List<?> list) {
                statement.setArray(i + 1, connection.createArrayOf("text", list.toArray()));
            } else {
                statement.setObject(i + 1, parameters[i]);
            }
        }
        return statement;
    }
}
