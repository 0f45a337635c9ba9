package org.slipway.model.message;

import java.util.List;

/** Topic names. {@code docs/asyncapi.yaml} describes what is in each. */
public final class Topics {

    /** Every transition of every release, key: the project. */
    public static final String RELEASE_TRANSITIONS = "slipway.release.transitions";

    /** Every transition of every business server, key: {@code project/server}. */
    public static final String SERVER_TRANSITIONS = "slipway.server.transitions";

    /** How far copies are, key: {@code project/server}; worth nothing once the copy is over. */
    public static final String COPY_PROGRESS = "slipway.copy.progress";

    /** Records that nobody could read, as they came. */
    public static final String DEAD_LETTERS = "slipway.dead-letters";

    private Topics() {}

    /** Every topic of Slipway. */
    public static List<String> all() {
        return List.of(RELEASE_TRANSITIONS, SERVER_TRANSITIONS, COPY_PROGRESS, DEAD_LETTERS);
    }
}
