package org.slipway.simulation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.model.ServerRole;
import org.slipway.simulation.Machine.Version;

/** The projects of a schedule and their servers. */
final class Fleet {
    private static final List<RelativePath> PATHS =
            List.of(new RelativePath("app.js"), new RelativePath("assets/logo.svg"), new RelativePath("index.html"));

    private final World world;
    private final Map<String, Machine> machines = new LinkedHashMap<>();
    private final List<Project> projects = new ArrayList<>();

    Fleet(World world, Checker checker, long seed, Sabotage sabotage) {
        this.world = world;
        int count = world.happens(0.25) ? 2 : 1;
        for (int i = 0; i < count; i++) {
            String name = i == 0 ? "shop" : "blog";
            Machine development = machine(checker, name, ServerRole.DEVELOPMENT, "dev", sabotage);
            Machine beta = machine(checker, name, ServerRole.BETA, "beta", sabotage);
            int servers = 1 + world.upTo(3);
            List<Machine> business = IntStream.rangeClosed(1, servers)
                    .mapToObj(n -> machine(checker, name, ServerRole.BUSINESS, "web-" + n, sabotage))
                    .toList();
            Project project = new Project(name, seed, development, beta, business);
            projects.add(project);
        }
    }

    private Machine machine(Checker checker, String project, ServerRole role, String name, Sabotage sabotage) {
        HostAddress address =
                new HostAddress(name, "127.0.0.1", 22, "deploy", List.of(), "/srv/" + project + "/" + name, null);
        Machine machine = new Machine(world, checker, project, role, address, sabotage);
        machines.put(address.projectDirectory(), machine);
        return machine;
    }

    Map<String, Machine> byDirectory() {
        return machines;
    }

    Collection<Machine> machines() {
        return machines.values();
    }

    List<Project> projects() {
        return projects;
    }

    /** A project, and what its developers do. */
    final class Project {
        private final String name;
        private final long seed;
        private final Machine development;
        private final Machine beta;
        private final List<Machine> business;
        private int version;

        Project(String name, long seed, Machine development, Machine beta, List<Machine> business) {
            this.name = name;
            this.seed = seed;
            this.development = development;
            this.beta = beta;
            this.business = business;
            write(PATHS);
            for (RelativePath path : PATHS) {
                Version old = new Version("old " + path, World.BEGIN);
                beta.write(path, old);
                business.forEach(server -> server.write(path, old));
            }
        }

        String name() {
            return name;
        }

        Machine development() {
            return development;
        }

        Machine beta() {
            return beta;
        }

        List<Machine> business() {
            return business;
        }

        List<RelativePath> paths() {
            return PATHS;
        }

        /** Some of the paths, at least one. */
        List<RelativePath> somePaths() {
            List<RelativePath> some =
                    PATHS.stream().filter(path -> world.happens(0.6)).toList();
            return some.isEmpty() ? List.of(world.oneOf(PATHS)) : some;
        }

        /** New contents on the development server. No two schedules have the same. */
        void write(List<RelativePath> paths) {
            version++;
            for (RelativePath path : paths) {
                development.write(
                        path,
                        new Version(
                                "%s of %s, version %d of schedule %d".formatted(path, name, version, seed),
                                world.instant()));
            }
        }
    }

    /** Empties the database, and writes down who is there. */
    void register(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    set session_replication_role = replica;
                    delete from idempotency_record; delete from transition; delete from journal_entry; delete from backup;
                    delete from rollout; delete from manifest_entry; delete from release_path; delete from path;
                    delete from server; delete from release; delete from project;
                    set session_replication_role = origin;
                    select setval('slipway_epoch', 1000), setval('project_id_seq', 1, false), setval('release_id_seq', 1, false),
                        setval('server_id_seq', 1, false), setval('path_id_seq', 1, false), setval('rollout_id_seq', 1, false),
                        setval('backup_id_seq', 1, false), setval('journal_entry_id_seq', 1, false),
                        setval('transition_id_seq', 1, false)
                    """);
            statement.execute("select set_config('simulation.now', '" + World.BEGIN + "', false)");
        }
        connection.setAutoCommit(false);
        for (Project project : projects) {
            long id = insert(connection, "insert into project (name) values (?) returning id", project.name());
            int position = 0;
            for (Machine machine : machines.values()) {
                if (machine.project().equals(project.name())) {
                    register(
                            connection,
                            id,
                            machine,
                            position++,
                            machine == project.business().getFirst());
                }
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void register(Connection connection, long project, Machine machine, int position, boolean chosen)
            throws SQLException {
        boolean business = machine.role() == ServerRole.BUSINESS;
        long id = insert(
                connection,
                """
                insert into server (project_id, name, role, position, host, port, ssh_user, host_keys, project_directory,
                    backup_file, state, sequence)
                values (?, ?, ?, ?, ?, 22, 'deploy', array[]::text[], ?, ?, ?, ?) returning id
                """,
                project,
                machine.name(),
                machine.role().name(),
                position,
                machine.address().host(),
                machine.address().projectDirectory(),
                chosen ? "/srv/backups/backup.tar" : null,
                business ? "IDLE" : null,
                business ? 1 : 0);
        if (business) {
            insert(connection, """
                    insert into transition (kind, aggregate_id, sequence, project_id, project, server, from_state, to_state,
                        service, actor, reason, attempt)
                    values ('server', ?, 1, ?, ?, ?, '', 'IDLE', 'controller-service', 'operator', 'registered', 0) returning id
                    """, id, project, machine.project(), machine.name());
        }
    }

    private static long insert(
            Connection connection, String sql, @org.jspecify.annotations.Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                insert.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
