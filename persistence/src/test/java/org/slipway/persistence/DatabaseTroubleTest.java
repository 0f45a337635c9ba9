package org.slipway.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTroubleTest {

    @ParameterizedTest
    @ValueSource(strings = {"08006", "40001", "40P01", "53300", "25P03", "55P03", "57P01", "58030"})
    void takesADatabaseThatIsAwayOrBusyForPassing(String sqlState) {
        assertThat(DatabaseTrouble.passes(new IllegalStateException(new SQLException("x", sqlState))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"23514", "22021", "42P01", "23505"})
    void takesWhatPostgresRefusesForLasting(String sqlState) {
        assertThat(DatabaseTrouble.passes(new IllegalStateException(new SQLException("x", sqlState))))
                .isFalse();
    }

    @Test
    void looksForWhatPostgresSaysBehindARolledBackTransaction() {
        RollbackException rolledBack = new RollbackException("could not commit");
        rolledBack.addSuppressed(new SQLException("the move is not in the log", "23514"));

        assertThat(DatabaseTrouble.passes(new IllegalStateException(rolledBack)))
                .isFalse();
    }

    @Test
    void takesAPoolWithoutAConnectionForPassing() {
        assertThat(DatabaseTrouble.passes(new IllegalStateException(new SQLException("acquisition timeout"))))
                .isTrue();
    }

    @Test
    void takesABugForLasting() {
        assertThat(DatabaseTrouble.passes(new NullPointerException())).isFalse();
    }

    @Test
    void endsWithCausesThatGoRoundInACircle() {
        Exception one = new Exception("one");
        Exception other = new Exception("other", one);
        one.initCause(other);

        assertThat(DatabaseTrouble.passes(one)).isFalse();
    }
}
