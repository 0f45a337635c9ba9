package org.slipway.persistence.lease;

/**
 * A claim on one row: whoever holds it is the only one who works on it, until it runs out.
 *
 * @param kind which table the row is in
 * @param id the row
 * @param owner who holds it, such as {@code server-worker-1}
 * @param epoch grows with every claim; the target of the work remembers the highest
 */
public record Lease(Kind kind, long id, String owner, long epoch) {

    /** What can be claimed. */
    public enum Kind {
        RELEASE("release", "id"),
        SERVER("server", "release_id");

        private final String table;
        private final String releaseColumn;

        Kind(String table, String releaseColumn) {
            this.table = table;
            this.releaseColumn = releaseColumn;
        }

        String table() {
            return table;
        }

        String releaseColumn() {
            return releaseColumn;
        }
    }
}
