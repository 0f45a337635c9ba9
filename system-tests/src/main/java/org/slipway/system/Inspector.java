package org.slipway.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slipway.embedded.Await;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.embedded.Trees;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.message.Event;
import org.slipway.model.message.EventCodec;
import org.slipway.model.message.Topics;
import org.slipway.model.message.UnreadableEventException;

/** Gathers {@link Evidence}: from the database, the REST interface, the topics from their beginning, and the servers' trees. */
public final class Inspector {
    private static final Duration UNTIL_PUBLISHED = Duration.ofSeconds(40);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Slipway slipway;
    private final EventCodec codec = new EventCodec();

    public Inspector(Slipway slipway) {
        this.slipway = slipway;
    }

    /** Waits until every transition is published, then looks. Nothing may be under way. */
    public Evidence of(Project project) {
        return of(project, Observations.NONE);
    }

    /** The same with what was seen and done meanwhile. */
    public Evidence of(Project project, Observations observations) {
        try (Connection database = connect()) {
            Await.until(UNTIL_PUBLISHED, "every transition to be published", () -> column(
                            database, UNPUBLISHED, project.name())
                    .isEmpty());
            List<Event> events = new ArrayList<>();
            List<String> ids = new ArrayList<>();
            for (String topic : List.of(Topics.RELEASE_TRANSITIONS, Topics.SERVER_TRANSITIONS)) {
                for (ConsumerRecord<String, String> record : new TopicReader(slipway.kafka()).readAll(topic)) {
                    read(record, project, events, ids);
                }
            }
            return new Evidence(
                    states(database, RELEASES, project.name(), ReleaseState.class),
                    states(database, SERVERS, project.name(), ServerState.class),
                    column(database, LOG, project.name()),
                    column(database, UNPUBLISHED, project.name()),
                    releasesByRest(project),
                    serversByRest(project),
                    events,
                    ids,
                    journalGaps(project),
                    treeDifferences(project),
                    new Recorded(database, project).history(observations));
        } catch (SQLException cannot) {
            throw new IllegalStateException("cannot read the database", cannot);
        }
    }

    private static final String ID =
            "kind || '/' || project || '/' || case kind when 'server' then server else release_number::text end || '/' || sequence";
    private static final String LOG = "select " + ID + " from transition where project = ? order by id";
    private static final String UNPUBLISHED =
            "select " + ID + " from transition where project = ? and published_at is null order by id";
    private static final String RELEASES =
            "select p.name || '/' || r.number, r.state from release r join project p on p.id = r.project_id where p.name = ?";
    private static final String SERVERS =
            "select p.name || '/' || s.name, s.state from server s join project p on p.id = s.project_id where p.name = ? and s.state is not null";

    private Connection connect() throws SQLException {
        return EmbeddedPostgres.connect(
                slipway.database().jdbcUrl(),
                slipway.database().user(),
                slipway.database().password());
    }

    private static List<String> column(Connection database, String select, String project) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = database.prepareStatement(select)) {
            statement.setString(1, project);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    private static <S extends Enum<S>> Map<String, S> states(
            Connection database, String select, String project, Class<S> type) throws SQLException {
        Map<String, S> found = new TreeMap<>();
        try (PreparedStatement statement = database.prepareStatement(select)) {
            statement.setString(1, project);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getString(1), Enum.valueOf(type, rows.getString(2)));
                }
            }
        }
        return found;
    }

    private void read(ConsumerRecord<String, String> record, Project project, List<Event> events, List<String> ids) {
        try {
            Event event = codec.decode(record.value());
            if (event.project().equals(project.name())) {
                events.add(event);
                ids.add(JSON.readTree(record.value()).get("id").asText());
            }
        } catch (UnreadableEventException | IOException noEvent) {
            // A record that is none of ours tells nothing of any project; what it did to the services, its own test
            // says.
        }
    }

    private static Map<String, ReleaseState> releasesByRest(Project project) {
        Map<String, ReleaseState> states = new TreeMap<>();
        project.releases()
                .forEach(release -> states.put(
                        project.name() + "/" + release.get("number").asInt(),
                        ReleaseState.valueOf(release.get("state").asText())));
        return states;
    }

    private static Map<String, ServerState> serversByRest(Project project) {
        Map<String, ServerState> states = new TreeMap<>();
        project.inventory()
                .path("status")
                .path("servers")
                .forEach(server -> states.put(
                        project.name() + "/" + server.get("name").asText(),
                        ofWord(server.get("state").asText())));
        return states;
    }

    private static ServerState ofWord(String word) {
        return switch (word) {
            case "idle" -> ServerState.IDLE;
            case "waiting" -> ServerState.COPYING;
            case "copying" -> ServerState.LOCKED;
            case "failed" -> ServerState.ERROR;
            default -> throw new IllegalStateException("nobody knows what a server is that is " + word);
        };
    }

    /** Every failure in the log has an entry in the journal that says why, of the same attempt. */
    private static List<String> journalGaps(Project project) {
        List<String> gaps = new ArrayList<>();
        for (JsonNode release : project.releases()) {
            int number = release.get("number").asInt();
            List<JsonNode> journal = project.journal(number);
            for (JsonNode moved : project.transitions(number)) {
                String wanted =
                        switch (moved.get("to").asText()) {
                            case "BETA_COPY_FAILED" -> "BETA_COPY";
                            case "PRODUCTION_FAILED" -> "PRODUCTION_COPY";
                            case "ERROR" -> "BUSINESS_SERVER";
                            default -> "";
                        };
                if (!wanted.isEmpty()
                        && journal.stream()
                                .noneMatch(
                                        entry -> entry.get("journal").asText().equals(wanted)
                                                && entry.get("attempt").asInt()
                                                        == moved.get("attempt").asInt()
                                                && (!wanted.equals("BUSINESS_SERVER")
                                                        || entry.get("server").equals(moved.get("server"))))) {
                    gaps.add("no entry of the %s journal explains %s".formatted(wanted, moved));
                }
            }
        }
        return gaps;
    }

    /** What the last release, if it is complete, should have made equal: everything that complete releases named. */
    private static List<String> treeDifferences(Project project) {
        List<JsonNode> releases = project.releases();
        if (releases.isEmpty() || !isComplete(releases.getFirst())) {
            return List.of();
        }
        TreeSet<String> paths = new TreeSet<>();
        releases.stream().filter(Inspector::isComplete).forEach(release -> project.show(
                        release.get("number").asInt())
                .get("paths")
                .forEach(path -> paths.add(path.asText())));
        Fleet fleet = project.fleet();
        return Stream.concat(Stream.of(fleet.beta()), fleet.business().stream())
                .flatMap(server ->
                        Trees.difference(fleet.development().tree(), server.tree(), List.copyOf(paths)).stream()
                                .map(line -> server + ": " + line))
                .toList();
    }

    private static boolean isComplete(JsonNode release) {
        return release.get("state").asText().equals(ReleaseState.COMPLETED.name());
    }
}
