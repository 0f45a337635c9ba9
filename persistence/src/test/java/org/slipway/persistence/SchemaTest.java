package org.slipway.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.embedded.Await;
import org.slipway.model.EntryType;
import org.slipway.model.Journal;
import org.slipway.model.Lifecycle;
import org.slipway.model.Lifecycle.Move;
import org.slipway.model.RelativePath;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerLifecycle;
import org.slipway.model.ServerRole;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.persistence.project.InventoryChanges;
import org.slipway.persistence.release.Rollout;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.SlipwayInfrastructure;

/** What the database refuses whatever the code does, asked in plain SQL. */
class SchemaTest {
    private static final String CHECK_VIOLATION = "23514";
    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final String UNIQUE_VIOLATION = "23505";

    private static DataSource database;

    private Connection connection;
    private GivenProject project;
    private GivenRelease release;

    @BeforeAll
    static void aDatabase() {
        database = Schema.in(SlipwayInfrastructure.newDatabase());
    }

    @BeforeEach
    void aReleaseInOneTransaction() throws SQLException {
        project = GivenProject.in(database, "b1", "b2");
        release = project.release("a.txt");
        connection = database.getConnection();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        connection.rollback();
        connection.close();
    }

    @Test
    void knowsTheMovesOfTheLifecyclesAndNoOthers() throws SQLException {
        List<String> moves = Stream.concat(
                        lines(ReleaseLifecycle.TABLE).stream(), lines(ServerLifecycle.TABLE).stream())
                .toList();
        assertThat(texts("select concat_ws(',', kind, from_state, to_state, owner) from lifecycle_move"))
                .containsExactlyInAnyOrderElementsOf(moves);
    }

    /** A row of an index has a limit of its own. A path that repeats itself would not show it, for it is compressed there. */
    @Test
    void takesThePathOfMostBytes() throws SQLException {
        String path = new Random(1)
                .ints(RelativePath.MAX_BYTES, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();

        update(
                "insert into path (project_id, path) select project_id, ? from release where id = ?",
                path,
                release.id());
        bringReleaseTo(BETA_COPYING);
        addToManifest(path);

        assertThat(texts("select path from path where length(path) = " + RelativePath.MAX_BYTES))
                .containsExactly(path);
    }

    private static <S extends Enum<S>> List<String> lines(Lifecycle<S> lifecycle) {
        return lifecycle.moves().stream()
                .map(move -> String.join(
                        ",",
                        lifecycle.kind(),
                        name(move.from()),
                        move.to().name(),
                        move.owner().wireName()))
                .toList();
    }

    static List<Arguments> columnsAndTheirWords() {
        return List.of(
                Arguments.of("release_state_check", names(ReleaseState.values())),
                Arguments.of("server_state_check", names(ServerState.values())),
                Arguments.of("server_role_check", names(ServerRole.values())),
                Arguments.of("inventory_change_kind_check", names(InventoryChanges.Kind.values())),
                Arguments.of("manifest_entry_type_check", names(EntryType.values())),
                Arguments.of("journal_entry_journal_check", names(Journal.values())),
                Arguments.of("rollout_outcome_check", names(Rollout.Outcome.values())),
                Arguments.of(
                        "service_instance_service_check",
                        Arrays.stream(Service.values()).map(Service::wireName).toList()),
                Arguments.of(
                        "lifecycle_move_owner_check",
                        Arrays.stream(Service.values()).map(Service::wireName).toList()));
    }

    @ParameterizedTest
    @MethodSource("columnsAndTheirWords")
    void takesTheWordsOfTheModelAndNoOthers(String constraint, List<String> words) throws SQLException {
        String definition = text("select pg_get_constraintdef(oid) from pg_constraint where conname = ?", constraint);
        assertThat(Pattern.compile("'([^']+)'")
                        .matcher(definition)
                        .results()
                        .map(word -> word.group(1))
                        .toList())
                .containsExactlyInAnyOrderElementsOf(words);
    }

    @ParameterizedTest
    @EnumSource(ReleaseState.class)
    void movesAReleaseOnlyAsItsLifecycleSays(ReleaseState from) throws SQLException {
        bringReleaseTo(from);
        for (ReleaseState to : ReleaseState.values()) {
            Optional<Move<ReleaseState>> legal = ReleaseLifecycle.TABLE.move(from, to);
            Optional<Refusal> refused = attempt(() -> {
                moveRelease(to, 1);
                logRelease(from, to, legal.map(Move::owner).orElse(Service.CONTROLLER));
            });
            assertRefusedUnless(legal.isPresent(), refused, from + " to " + to);
        }
    }

    @ParameterizedTest
    @EnumSource(ServerState.class)
    void movesAServerOnlyAsItsLifecycleSays(ServerState from) throws SQLException {
        bringServerTo(from);
        for (ServerState to : ServerState.values()) {
            Optional<Move<ServerState>> legal = ServerLifecycle.TABLE.move(from, to);
            Optional<Refusal> refused = attempt(() -> {
                moveServer("b1", to, 1);
                logServer("b1", from, to, legal.map(Move::owner).orElse(Service.CONTROLLER));
            });
            assertRefusedUnless(legal.isPresent(), refused, from + " to " + to);
        }
    }

    private static void assertRefusedUnless(boolean legal, Optional<Refusal> refused, String move) {
        if (legal) {
            assertThat(refused).as(move).isEmpty();
        } else {
            assertThat(refused.orElseThrow(() -> new AssertionError(move + " was not refused")))
                    .as(move)
                    .matches(refusal -> refusal.message().contains("does not go from")
                            || refusal.message().contains("moves only with its state"))
                    .extracting(Refusal::sqlState)
                    .isEqualTo(CHECK_VIOLATION);
        }
    }

    @ParameterizedTest
    @EnumSource(value = ReleaseState.class, mode = EnumSource.Mode.EXCLUDE, names = "CREATED")
    void beginsAReleaseOnlyAsCreated(ReleaseState state) {
        assertThat(refused(() -> update(
                        "insert into release (project_id, number, release_date, author, note, state, finished_at)"
                                + " select project_id, 99, release_date, '', '', ?, case when ? then now() end from release where id = ?",
                        state.name(),
                        ReleaseLifecycle.TABLE.isFinal(state),
                        release.id())))
                .matches(refusal -> refusal.message().contains("does not go from nothing"))
                .extracting(Refusal::sqlState)
                .isEqualTo(CHECK_VIOLATION);
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void refusesTheMoveOfAnotherService(Service service) throws SQLException {
        bringReleaseTo(BETA_COPYING);
        Optional<Refusal> refused = attempt(() -> {
            moveRelease(BETA_COPIED, 1);
            logRelease(BETA_COPYING, BETA_COPIED, service);
        });

        if (service == Service.BETA_WORKER) {
            assertThat(refused).isEmpty();
        } else {
            assertThat(refused).get().extracting(Refusal::sqlState).isEqualTo(FOREIGN_KEY_VIOLATION);
        }
    }

    @Test
    void refusesAGapInTheSequence() {
        assertThat(refused(() -> moveRelease(BETA_COPYING, 2))).asString().contains("must grow by one");
        assertThat(refused(() -> moveRelease(BETA_COPYING, 0))).asString().contains("must grow by one");
        assertThat(refused(() -> moveServer("b1", ServerState.COPYING, 2)))
                .asString()
                .contains("must grow by one");
    }

    @Test
    void refusesAMoveThatIsNotLogged() {
        assertThat(refused(() -> moveRelease(BETA_COPYING, 1))).asString().contains("is not in the transition log");
        assertThat(refused(() -> moveServer("b1", ServerState.COPYING, 1)))
                .asString()
                .contains("is not in the transition log");
        assertThat(refused(() -> {
                    moveRelease(BETA_COPYING, 1);
                    logRelease(ReleaseState.CREATED, ReleaseState.CANCELLED, Service.CONTROLLER);
                }))
                .asString()
                .contains("is not in the transition log");
    }

    @Test
    void refusesASecondUnfinishedRelease() {
        assertThat(refused(() -> update(
                                "insert into release (project_id, number, release_date, author, note, state)"
                                        + " select project_id, 99, release_date, '', '', 'CREATED' from release where id = ?",
                                release.id()))
                        .sqlState())
                .isEqualTo(UNIQUE_VIOLATION);
    }

    @Test
    void keepsATransitionAsItWasRecorded() throws SQLException {
        String mine = " where kind = 'release' and aggregate_id = " + release.id();
        assertThat(refused(() -> update("update transition set reason = 'another'" + mine)))
                .asString()
                .contains("does not change");
        assertThat(refused(() -> update("delete from transition" + mine)))
                .asString()
                .contains("does not change");
        update("update transition set published_at = now()" + mine);
        assertThat(refused(() -> update("update transition set published_at = null" + mine)))
                .asString()
                .contains("does not change");
    }

    @Test
    void keepsAChangeOfAnInventoryAsItWasRecorded() throws SQLException {
        update("""
                insert into inventory_change (project_id, version, server, kind, fields, actor)
                select project_id, 2, 'b1', 'CHANGED', '[{"field": "host"}]', 'ann' from release where id = ?
                """, release.id());
        assertThat(refused(() -> update("update inventory_change set actor = 'bob'")))
                .asString()
                .contains("does not change");
        assertThat(refused(() -> update("delete from inventory_change")))
                .asString()
                .contains("does not change");
    }

    @Test
    void takesAManifestOnlyWhileItsReleaseIsCopiedToBeta() throws SQLException {
        assertThat(refused(() -> addToManifest("early"))).asString().contains("only while its release is copied");
        bringReleaseTo(BETA_COPYING);
        addToManifest("in-time");
        moveRelease(BETA_COPIED, 1);
        logRelease(BETA_COPYING, BETA_COPIED, Service.BETA_WORKER);
        assertThat(refused(() -> addToManifest("late"))).asString().contains("only while its release is copied");
        assertThat(refused(() -> update("update manifest_entry set mode = 0 where release_id = ?", release.id())))
                .asString()
                .contains("frozen");
        assertThat(refused(() -> update("delete from manifest_entry where release_id = ?", release.id())))
                .asString()
                .contains("frozen");
    }

    @Test
    void knowsATimeForTheNextTryOnlyOfWhatWaits() throws SQLException {
        bringReleaseTo(BETA_COPYING);
        String release = "update release set next_try_at = now()%s where id = ?";
        update(release.formatted(""), this.release.id());
        assertThat(refused(() -> update(
                                release.formatted(", lease_owner = 'x', lease_until = now()"), this.release.id()))
                        .sqlState())
                .isEqualTo(CHECK_VIOLATION);
        assertThat(refused(() -> moveRelease(BETA_COPIED, 1)).sqlState()).isEqualTo(CHECK_VIOLATION);

        String server =
                "update server set next_try_at = now() where project_id = (select project_id from release where id = ?)"
                        + " and name = 'b1'";
        assertThat(refused(() -> update(server, this.release.id())).sqlState()).isEqualTo(CHECK_VIOLATION);
        bringServerTo(ServerState.COPYING);
        update(server, this.release.id());
        assertThat(refused(() -> moveServer("b1", ServerState.LOCKED, 1)).sqlState())
                .isEqualTo(CHECK_VIOLATION);
    }

    @Test
    void knowsOfEveryHolderThatHeMayPublish() throws SQLException {
        bringServerTo(ServerState.LOCKED);

        assertThat(refused(() -> update("update server set unfenced = false where lease_owner is not null"))
                        .sqlState())
                .isEqualTo(CHECK_VIOLATION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b1", "beta"})
    void finishesNoReleaseWhileSomebodyMayPublish(String server) throws SQLException {
        update(
                "update server set unfenced = true where project_id = (select project_id from release where id = ?)"
                        + " and name = '%s'".formatted(server),
                release.id());
        Refusal refusal = refused(() -> {
            moveRelease(ReleaseState.CANCELLED, 1);
            logRelease(ReleaseState.CREATED, ReleaseState.CANCELLED, Service.CONTROLLER);
        });

        assertThat(refusal.sqlState()).isEqualTo(CHECK_VIOLATION);
        assertThat(refusal.message()).contains("not fenced");
    }

    @Test
    void beginsEpochsAboveThoseOfEveryEarlierInstallation() throws SQLException {
        long epoch = Long.parseLong(text("select nextval('slipway_epoch')"));
        assertThat(epoch)
                .isBetween(System.currentTimeMillis() - Duration.ofDays(1).toMillis(), 10_000_000_000_000L);
    }

    @Test
    void commitsTheTransitionsOfOneReleaseInTheOrderOfTheirIds() throws Exception {
        for (String server : List.of("b1", "b2")) {
            moveServer(server, ServerState.COPYING, 1);
            logServer(server, ServerState.IDLE, ServerState.COPYING, Service.PROD_COORDINATOR);
        }
        connection.commit();
        moveServer("b1", ServerState.LOCKED, 1);
        logServer("b1", ServerState.COPYING, ServerState.LOCKED, Service.SERVER_WORKER);
        long first = latestId();
        try (Connection other = database.getConnection();
                ExecutorService besides = Executors.newSingleThreadExecutor()) {
            other.setAutoCommit(false);
            SchemaTest second = new SchemaTest();
            second.connection = other;
            second.project = project;
            second.release = release;
            Future<Long> later = besides.submit(() -> {
                second.moveServer("b2", ServerState.LOCKED, 1);
                second.logServer("b2", ServerState.COPYING, ServerState.LOCKED, Service.SERVER_WORKER);
                long id = second.latestId();
                other.commit();
                return id;
            });
            Await.until(
                    Duration.ofSeconds(30),
                    "the other transaction to wait",
                    () -> later.isDone()
                            || !text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                                    .equals("0"));
            assertThat(later.isDone()).isFalse();
            connection.commit();

            assertThat(later.get()).isGreaterThan(first);
        }
    }

    private long latestId() throws SQLException {
        return Long.parseLong(text("select max(id) from transition where project = ?", project.name()));
    }

    private void bringReleaseTo(ReleaseState state) throws SQLException {
        for (Move<ReleaseState> move : way(ReleaseLifecycle.TABLE, ReleaseState.CREATED, state)) {
            moveRelease(move.to(), 1);
            logRelease(move.from(), move.to(), move.owner());
        }
    }

    private void bringServerTo(ServerState state) throws SQLException {
        for (Move<ServerState> move : way(ServerLifecycle.TABLE, ServerState.IDLE, state)) {
            moveServer("b1", move.to(), 1);
            logServer("b1", move.from(), move.to(), move.owner());
        }
    }

    /** The moves from one state to another by the shortest way. */
    private static <S extends Enum<S>> List<Move<S>> way(Lifecycle<S> lifecycle, S from, S to) {
        List<List<Move<S>>> ways = new ArrayList<>();
        ways.add(List.of());
        for (int i = 0; i < ways.size(); i++) {
            List<Move<S>> way = ways.get(i);
            S at = way.isEmpty() ? from : way.getLast().to();
            if (at == to) {
                return way;
            }
            for (Move<S> next : lifecycle.exitsOf(at)) {
                if (way.stream().noneMatch(before -> before.to() == next.to())) {
                    ways.add(Stream.concat(way.stream(), Stream.of(next)).toList());
                }
            }
        }
        throw new AssertionError("no way from " + from + " to " + to);
    }

    private void moveRelease(ReleaseState to, int steps) throws SQLException {
        update(
                "update release set state = ?, sequence = sequence + ?, finished_at = case when ? then now() end where id = ?",
                to.name(),
                steps,
                ReleaseLifecycle.TABLE.isFinal(to),
                release.id());
    }

    private void logRelease(@Nullable ReleaseState from, ReleaseState to, Service service) throws SQLException {
        update("""
                insert into transition (kind, aggregate_id, sequence, project_id, project, release_number, from_state, to_state,
                    service, actor, reason, attempt)
                select 'release', id, sequence, project_id, ?, number, ?, ?, ?, 'test', 'test', 1 from release where id = ?
                """, project.name(), name(from), to.name(), service.wireName(), release.id());
    }

    private void moveServer(String server, ServerState to, int steps) throws SQLException {
        update(
                """
                update server s set state = ?, sequence = s.sequence + ?, release_id = case when ? then r.id end,
                    unfenced = ?, lease_owner = case when ? then 'test' end, lease_until = case when ? then now() end
                from release r where r.id = ? and s.project_id = r.project_id and s.name = ?
                """,
                to.name(),
                steps,
                to != ServerState.IDLE,
                to == ServerState.LOCKED,
                to == ServerState.LOCKED,
                to == ServerState.LOCKED,
                release.id(),
                server);
    }

    private void logServer(String server, @Nullable ServerState from, ServerState to, Service service)
            throws SQLException {
        update("""
                insert into transition (kind, aggregate_id, sequence, project_id, project, release_number, server, from_state,
                    to_state, service, actor, reason, attempt)
                select 'server', s.id, s.sequence, s.project_id, ?, r.number, s.name, ?, ?, ?, 'test', 'test', 1
                from server s join release r on r.project_id = s.project_id and r.id = ? where s.name = ?
                """, project.name(), name(from), to.name(), service.wireName(), release.id(), server);
    }

    private void addToManifest(String path) throws SQLException {
        update(
                "insert into manifest_entry (release_id, path, type, mode, modified_nanos, size_bytes) values (?, ?, 'DIRECTORY', 493, 0, 0)",
                release.id(),
                path);
    }

    private record Refusal(String sqlState, String message) {}

    @FunctionalInterface
    private interface Steps {
        void run() throws SQLException;
    }

    /** Does it as far as a commit would check it, and takes it back. */
    private Optional<Refusal> attempt(Steps steps) throws SQLException {
        var before = connection.setSavepoint();
        try (Statement statement = connection.createStatement()) {
            steps.run();
            statement.execute("set constraints all immediate");
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(new Refusal(String.valueOf(e.getSQLState()), String.valueOf(e.getMessage())));
        } finally {
            connection.rollback(before);
        }
    }

    private Refusal refused(Steps steps) {
        try {
            return attempt(steps).orElseThrow(() -> new AssertionError("it was not refused"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            assertThat(statement.executeUpdate()).as(sql).isPositive();
        }
    }

    private String text(String sql, Object... parameters) throws SQLException {
        return texts(sql, parameters).getFirst();
    }

    private List<String> texts(String sql, Object... parameters) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    private static List<String> names(Enum<?>... values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    private static String name(@Nullable Enum<?> state) {
        return state == null ? "" : state.name();
    }
}
