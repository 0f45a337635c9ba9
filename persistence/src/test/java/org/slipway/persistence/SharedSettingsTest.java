package org.slipway.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.testing.InfrastructureResource;

@QuarkusTest
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class SharedSettingsTest {
    @Inject
    DataSource database;

    @Inject
    @ConfigProperty(name = "quarkus.http.host")
    String host;

    @ParameterizedTest
    @ValueSource(strings = {"lock_timeout", "idle_in_transaction_session_timeout"})
    void waitsForNoLockAndInNoTransactionForEver(String setting) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("show " + setting)) {
            answer.next();
            assertThat(answer.getString(1)).isEqualTo("10s");
        }
    }

    @Test
    void waitsForNoAnswerForEver() throws SQLException {
        try (Connection connection = database.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(30_000);
        }
    }

    @Test
    void listensToNobodyFromOutsideByDefault() {
        assertThat(host).isEqualTo("127.0.0.1");
    }
}
