package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * Tests of the packaged services from outside, each with projects and servers of its own; the {@link Checker} looks at them from all sides. Two
 * classes run at a time.
 */
abstract class SystemTest {
    /**
     * Leases short enough that a test can wait for one to run out, long enough for a machine that is busy. What fails is not tried again
     * without a person: {@code RetryIT} is about that.
     */
    static final Map<String, String> SHORT_LEASES = Map.of(
            "SLIPWAY_LEASE", "8S",
            "SLIPWAY_LEASE_RENEWAL", "2S",
            "SLIPWAY_LEASE_SELF_STOP", "6S",
            "SLIPWAY_SCAN", "1S",
            "SLIPWAY_RETRY_TRIES", "1",
            "SLIPWAY_SSH_CONNECT_TIMEOUT", "5S");

    /** A project with this many business servers, all of which hold an older state of the site. Who makes it calls {@link #check}. */
    static Project newProject(Slipway own, int businessServers) {
        Project project = own.newProject(businessServers);
        project.fleet().business().forEach(server -> server.write("index.html", "the page as it was\n"));
        return project;
    }

    static void check(Slipway slipway, Project project) {
        assertThat(Checker.violations(new Inspector(slipway).of(project)))
                .as("what is wrong with %s", project)
                .isEmpty();
    }

    static List<String> texts(List<JsonNode> nodes, String member) {
        return nodes.stream().map(node -> node.path(member).asText()).toList();
    }

    /** The entries of one journal. */
    static List<JsonNode> entries(Project project, int release, String journal) {
        return project.journal(release).stream()
                .filter(entry -> entry.get("journal").asText().equals(journal))
                .toList();
    }

    /** The states that a server went into on behalf of a release. */
    static List<String> moves(Project project, int release, FleetServer server) {
        return texts(
                project.transitions(release).stream()
                        .filter(moved -> moved.path("server").asText().equals(server.name()))
                        .toList(),
                "to");
    }
}
