package org.slipway.testing;

/** An empty database of its own, and who may do everything in it. */
public record Database(String jdbcUrl, String user, String password) {
    @Override
    public String toString() {
        return jdbcUrl + " as " + user;
    }
}
