package org.slipway.model;

/** Errors for people, by what went wrong. */
public enum Journal {
    /** Why a copy from development to beta failed; written by the beta-worker. */
    BETA_COPY,
    /** Why a release failed on its way through production; written by the prod-coordinator. */
    PRODUCTION_COPY,
    /** Why one business server could not be copied; written by the server-worker. */
    BUSINESS_SERVER
}
