package org.slipway.model;

/** What a server is to its project. */
public enum ServerRole {
    /** Where releases come from; only ever read. One per project. */
    DEVELOPMENT,
    /** Where a release is tried out, and what production is copied from. One per project. */
    BETA,
    /** Where visitors are. One or more per project; one of them may be the chosen one, which is backed up. */
    BUSINESS
}
