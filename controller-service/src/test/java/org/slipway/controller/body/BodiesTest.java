package org.slipway.controller.body;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.junit.jupiter.api.Test;
import org.slipway.controller.problem.Problem;

class BodiesTest {
    private final Bodies bodies = new Bodies(1_000);

    @Test
    void aCallerThatGoesAwayIsNoFaultOfSlipway() {
        InputStream cutOff = new SequenceInputStream(new ByteArrayInputStream(new byte[100]), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Connection was closed");
            }
        });

        assertThatExceptionOfType(Problem.class)
                .isThrownBy(() -> bodies.readDocument(cutOff))
                .withMessageContaining("did not arrive in full");
    }
}
