package org.slipway.controller.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAwayTest {

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08006", "57P01", "57P03", "53300"})
    void isAwayByItsOwnWord(String state) {
        assertThat(DatabaseAway.isCauseOf(new IllegalStateException(new SQLException("gone", state))))
                .isTrue();
    }

    @Test
    void isAwayWhenNothingListens() {
        assertThat(DatabaseAway.isCauseOf(new SQLException("no", null, new ConnectException("refused"))))
                .isTrue();
    }

    @Test
    void isAwayWhenThePoolWaitsInVain() {
        assertThat(DatabaseAway.isCauseOf(new SQLException("Acquisition timeout while waiting for new connection")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "42601", "40001"})
    void isThereWhenItRefuses(String state) {
        assertThat(DatabaseAway.isCauseOf(new SQLException("no", state))).isFalse();
    }

    @Test
    void isNotToBlameForOtherFailures() {
        assertThat(DatabaseAway.isCauseOf(new IllegalStateException(new ConnectException("refused"))))
                .isFalse();
    }
}
