package org.slipway.model.message;

import java.time.Instant;

/** Something that happened, as it is told to the world. Facts and ids only: never file contents, never secrets. */
public sealed interface Event permits ReleaseTransitioned, ServerTransitioned, CopyProgressed {

    /** The name of the project that it happened in. */
    String project();

    /** When it happened, by the database's clock for transitions and by the worker's for progress. */
    Instant at();
}
