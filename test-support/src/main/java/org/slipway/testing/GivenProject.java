package org.slipway.testing;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slipway.model.HostAddress;
import org.slipway.model.ServerRole;
import org.slipway.model.ServerState;

/**
 * A project in the database as the services would have left it: a test says which states it wants, and every move on the way there is
 * made and recorded as the database demands. Its name is its own, so that tests of one database do not meet.
 */
public final class GivenProject {
    private final Rows rows;
    private final String name;
    private final long id;

    private GivenProject(Rows rows, String name, long id) {
        this.rows = rows;
        this.name = name;
        this.id = id;
    }

    /** A project with servers that nobody can reach: {@code dev}, {@code beta} and these; the first of them is the chosen one. */
    public static GivenProject in(DataSource database, String... businessServers) {
        String name = newName();
        return in(
                database,
                name,
                nowhere(name, "dev"),
                nowhere(name, "beta"),
                Stream.of(businessServers).map(server -> nowhere(name, server)).toList());
    }

    /** A project with servers that can be reached; the first business server is the chosen one, with a backup beside its project directory. */
    public static GivenProject in(
            DataSource database, HostAddress development, HostAddress beta, List<HostAddress> business) {
        return in(database, newName(), development, beta, business);
    }

    private static GivenProject in(
            DataSource database, String name, HostAddress development, HostAddress beta, List<HostAddress> business) {
        Rows rows = new Rows(database);
        rows.update("insert into project (name) values (?)", name);
        GivenProject project =
                new GivenProject(rows, name, Long.parseLong(rows.text("select id from project where name = ?", name)));
        project.add(ServerRole.DEVELOPMENT, development, false);
        project.add(ServerRole.BETA, beta, false);
        for (int i = 0; i < business.size(); i++) {
            project.add(ServerRole.BUSINESS, business.get(i), i == 0);
        }
        return project;
    }

    private static String newName() {
        return "p-" + UUID.randomUUID();
    }

    private static HostAddress nowhere(String project, String server) {
        return new HostAddress(server, "127.0.0.1", 1, "deploy", List.of(), directory(project, server), null);
    }

    private static String directory(String project, String server) {
        return "/srv/www/" + project + "/" + server;
    }

    /** The project directory of a server that nobody can reach: what {@link FakeHosts} knows it by. */
    public String at(String server) {
        return directory(name, server);
    }

    public String name() {
        return name;
    }

    /** One more business server in the inventory. */
    public void add(String businessServer) {
        add(ServerRole.BUSINESS, nowhere(name, businessServer), false);
    }

    private void add(ServerRole role, HostAddress address, boolean chosen) {
        rows.inTransaction(connection -> {
            boolean business = role == ServerRole.BUSINESS;
            Rows.update(
                    connection,
                    """
                    insert into server (project_id, name, role, position, host, port, ssh_user, host_keys, project_directory,
                        work_directory, backup_file, state, sequence)
                    select ?, ?, ?, count(*), ?, ?, ?, ?, ?, ?, ?, ?, ? from server where project_id = ?
                    """,
                    id,
                    address.name(),
                    role.name(),
                    address.host(),
                    address.port(),
                    address.user(),
                    address.hostKeys(),
                    address.projectDirectory(),
                    address.workDirectory(),
                    chosen ? address.projectDirectory() + "-backup.tar" : null,
                    business ? "IDLE" : null,
                    business ? 1 : 0,
                    id);
            if (business) {
                Rows.update(connection, """
                        insert into transition (kind, aggregate_id, sequence, project_id, project, server, from_state, to_state,
                            service, actor, reason, attempt)
                        select 'server', s.id, 1, s.project_id, ?, s.name, '', 'IDLE', 'controller-service', 'test', 'given', 0
                        from server s where s.project_id = ? and s.name = ?
                        """, name, id, address.name());
            }
        });
    }

    /** Takes an idle server out of the inventory. */
    public void retire(String server) {
        rows.update("update server set retired_at = now() where project_id = ? and name = ?", id, server);
    }

    /** Takes the backup file away from the chosen server. */
    public void chooseNone() {
        rows.update("update server set backup_file = null where project_id = ? and backup_file is not null", id);
    }

    /** The next release of the project, in {@code CREATED}. */
    public GivenRelease release(String... paths) {
        return GivenRelease.create(rows, this, List.of(paths));
    }

    long id() {
        return id;
    }

    /** The state of a business server. */
    public ServerState state(String server) {
        return ServerState.valueOf(rows.text("select state from server where project_id = ? and name = ?", id, server));
    }

    /** The epoch under which a server was taken last. */
    public long epoch(String server) {
        return Long.parseLong(
                rows.text("select lease_epoch from server where project_id = ? and name = ?", id, server));
    }

    /** Lets the lease of a locked server run out, as if its worker had stood still for that long. */
    public void letLeaseRunOut(String server) {
        rows.update(
                "update server set lease_until = now() - interval '1 second' where project_id = ? and name = ? and lease_until is not null",
                id,
                server);
    }

    /** Whether no worker takes a server before some time that is still to come. */
    public boolean waits(String server) {
        return rows.text(
                        "select coalesce(next_try_at > clock_timestamp(), false) from server where project_id = ? and name = ?",
                        id,
                        server)
                .equals("t");
    }

    /** Somebody may still publish on a server of whom nobody can say that he has come to his end. */
    public void unfence(String server) {
        rows.update("update server set unfenced = true where project_id = ? and name = ?", id, server);
    }

    /** Whether somebody may still publish on a server of whom nobody can say that he has come to his end. */
    public boolean isUnfenced(String server) {
        return rows.text("select unfenced from server where project_id = ? and name = ?", id, server)
                .equals("t");
    }

    /** A worker gave a server back, to be tried again in an hour. */
    public void waitForNextTry(String server) {
        rows.update(
                "update server set next_try_at = clock_timestamp() + interval '1 hour' where project_id = ? and name = ?",
                id,
                server);
    }

    /** As if the time of a server's next try had come. */
    public void letWaitEnd(String server) {
        rows.update(
                "update server set next_try_at = clock_timestamp() where project_id = ? and name = ? and next_try_at is not null",
                id,
                server);
    }

    /** The reason of a server's latest move. */
    public String reason(String server) {
        return rows.text(
                "select reason from transition where project_id = ? and server = ? order by sequence desc limit 1",
                id,
                server);
    }

    /** What a server went through, such as {@code IDLE COPYING LOCKED}. */
    public String story(String server) {
        return String.join(
                " ",
                rows.texts(
                        "select to_state from transition where project_id = ? and server = ? order by sequence",
                        id,
                        server));
    }
}
