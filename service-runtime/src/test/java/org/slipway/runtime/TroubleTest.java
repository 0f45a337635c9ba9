package org.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slipway.model.RelativePath;
import org.slipway.runtime.Trouble.Ended;
import org.slipway.transfer.Failure;
import org.slipway.transfer.TransferException;

class TroubleTest {
    private static final List<RelativePath> PATHS = List.of(new RelativePath("a.txt"));

    static Stream<Failure> everyFailure() {
        return Stream.of(Failure.class.getPermittedSubclasses()).map(TroubleTest::failure);
    }

    private static Failure failure(Class<?> type) {
        try {
            Class<?>[] components = Stream.of(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Object[] values = components.length == 3 ? new Object[] {"b1", "what", PATHS} : new Object[] {"b1", "what"};
            return (Failure) type.getDeclaredConstructor(components).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("everyFailure")
    void tellsTheJournalWhatTheEngineSays(Failure failure) {
        Ended<Object> ended = Trouble.meet("other", () -> false, () -> {
            throw new TransferException(failure);
        });

        assertThat(trouble(ended))
                .isEqualTo(new Trouble(
                        "b1",
                        failure.kind(),
                        "what",
                        failure.retryHelps(),
                        failure.paths(),
                        failure instanceof Failure.Stopped,
                        List.of()));
    }

    @Test
    void tellsWhatIsWrongBesides() {
        TransferException missing = new TransferException(new Failure.MissingPaths("b1", "not there", List.of()));
        missing.addSuppressed(new TransferException(new Failure.Unsupported("b1", "a FIFO", List.of())));
        missing.addSuppressed(new IllegalStateException("told to nobody"));

        Trouble trouble = trouble(Trouble.meet("b1", () -> false, () -> {
            throw missing;
        }));

        assertThat(trouble.kind()).isEqualTo("MISSING_PATHS");
        assertThat(trouble.besides()).extracting(Trouble::kind).containsExactly("UNSUPPORTED");
    }

    @Test
    void passesOnWhatWentWell() {
        assertThat(Trouble.meet("b1", () -> false, () -> 42)).isEqualTo(new Ended.Well<>(42));
    }

    @Test
    void tellsOfABugWithoutItsDetails() {
        Trouble trouble = trouble(Trouble.meet("b1", () -> false, () -> {
            throw new IllegalStateException("a secret");
        }));

        assertThat(trouble.kind()).isEqualTo("INTERNAL_ERROR");
        assertThat(trouble.server()).isEqualTo("b1");
        assertThat(trouble.message()).contains("IllegalStateException").doesNotContain("secret");
        assertThat(trouble.stopped()).isFalse();
    }

    @Test
    void tellsOfAnErrorAsOfABug() {
        Trouble trouble = trouble(Trouble.meet("b1", () -> false, () -> {
            throw new StackOverflowError();
        }));

        assertThat(trouble.kind()).isEqualTo("INTERNAL_ERROR");
    }

    @Test
    void leavesWorkToTheNextHolderWhenTheDatabaseWentAway() {
        Trouble trouble = trouble(Trouble.meet("b1", () -> false, () -> {
            throw new IllegalStateException(new SQLException("gone", "57P01"));
        }));

        assertThat(trouble.stopped()).isTrue();
    }

    @Test
    void leavesWorkThatFailedWhileThisProcessStopsToTheNextHolder() {
        Trouble trouble = trouble(Trouble.meet("b1", () -> true, () -> {
            throw new TransferException(new Failure.Unreachable("b1", "interrupted"));
        }));

        assertThat(trouble.stopped()).isTrue();
        assertThat(trouble.kind()).isEqualTo("UNREACHABLE");
    }

    @Test
    void takesOutOfMessagesWhatNoDatabaseStores() {
        Trouble trouble = Trouble.of(new Failure.RemoteError("b1", "it said \0\u0007\r\n\tno"));

        assertThat(trouble.message()).isEqualTo("it said ???\n\tno");
    }

    @Test
    void saysOnceWhereItWasIfThatIsAnotherServer() {
        assertThat(on("beta", "Its disk is full.").messageFor("b1")).isEqualTo("On beta: Its disk is full.");
        assertThat(on("beta", "On beta: no such directory.").messageFor("b1")).isEqualTo("On beta: no such directory.");
        assertThat(on("beta", "The connection to beta (10.0.0.2:22) broke.").messageFor("b1"))
                .isEqualTo("The connection to beta (10.0.0.2:22) broke.");
        assertThat(on("b", "beta-2 is not b-1, nor x.b.").messageFor("b1"))
                .isEqualTo("On b: beta-2 is not b-1, nor x.b.");
        assertThat(on("b1", "Its disk is full.").messageFor("b1")).isEqualTo("Its disk is full.");
    }

    private static Trouble on(String server, String message) {
        return Trouble.of(new Failure.RemoteError(server, message));
    }

    private static Trouble trouble(Ended<?> ended) {
        assertThat(ended).isInstanceOf(Ended.Badly.class);
        return ((Ended.Badly<?>) ended).trouble();
    }
}
