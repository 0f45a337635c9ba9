package org.slipway.beta;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slipway.testing.Settings;

class DocumentationTest {
    @Test
    void explainsEverySetting() {
        assertThat(Settings.undocumented("org.slipway.beta")).isEmpty();
    }
}
