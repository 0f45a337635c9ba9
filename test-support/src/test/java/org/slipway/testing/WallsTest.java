package org.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WallsTest {

    @Test
    void refusesAnOptionalThatIsKeptOrTaken() {
        assertThat(hasOptionalOnlyReturned(Keeping.class)).isFalse();
        assertThat(hasOptionalOnlyReturned(Taking.class)).isFalse();
        assertThat(hasOptionalOnlyReturned(Returning.class)).isTrue();
    }

    private static boolean hasOptionalOnlyReturned(Class<?> type) {
        return !Walls.optionalIsOnlyReturned()
                .allowEmptyShould(true)
                .evaluate(new ClassFileImporter().importClasses(type))
                .hasViolation();
    }

    record Keeping(Optional<String> name) {}

    interface Taking {
        void take(Optional<String> name);
    }

    interface Returning {
        Optional<String> name();
    }
}
