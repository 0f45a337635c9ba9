package org.slipway.system;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Has the database itself note every change of a lease, beside Slipway's own tables and unknown to it. */
final class LeaseAudit {
    private LeaseAudit() {}

    /** From now on. */
    static void begin(Connection database) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("""
                    create schema audit;
                    create table audit.lease_change (
                        id bigint generated always as identity primary key,
                        kind text not null, aggregate_id bigint not null,
                        old_sequence bigint not null, sequence bigint not null,
                        old_owner text, old_until timestamptz,
                        owner text, epoch bigint not null, until timestamptz,
                        at timestamptz not null default clock_timestamp());
                    create function audit.note_lease() returns trigger language plpgsql as $$
                    begin
                        insert into audit.lease_change
                            (kind, aggregate_id, old_sequence, sequence, old_owner, old_until, owner, epoch, until)
                        values (tg_argv[0], new.id, old.sequence, new.sequence, old.lease_owner, old.lease_until,
                            new.lease_owner, new.lease_epoch, new.lease_until);
                        return null;
                    end $$;
                    """);
            for (String table : new String[] {"release", "server"}) {
                statement.execute("""
                        create trigger note_lease after update on %1$s for each row
                        when (old.lease_owner is distinct from new.lease_owner or old.lease_epoch <> new.lease_epoch
                            or old.lease_until is distinct from new.lease_until)
                        execute function audit.note_lease('%1$s')
                        """.formatted(table));
            }
        }
    }

    static boolean isIn(Connection database) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet answer = statement.executeQuery("select to_regclass('audit.lease_change') is not null")) {
            return answer.next() && answer.getBoolean(1);
        }
    }
}
