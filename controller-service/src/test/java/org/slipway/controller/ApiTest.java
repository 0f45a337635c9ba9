package org.slipway.controller;

import static io.restassured.RestAssured.given;

import io.quarkus.test.common.QuarkusTestResource;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.slipway.testing.InfrastructureResource;

/** What the tests of the API share: the service against a real PostgreSQL and Kafka, and projects of their own. */
@QuarkusTestResource(InfrastructureResource.class)
@QuarkusTestResource(SshKeyResource.class)
public abstract class ApiTest {
    protected static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

    /** An inventory with one development, one beta and two business servers, the first of which is backed up. */
    protected static final String INVENTORY = """
            servers:
              - {name: dev, role: DEVELOPMENT, host: dev.example.org, user: deploy, projectDirectory: /srv/site}
              - {name: beta, role: BETA, host: beta.example.org, port: 2222, user: deploy, projectDirectory: /srv/site}
              - name: web1
                role: BUSINESS
                host: web1.example.org
                user: deploy
                hostKeys:
                  - %s
                projectDirectory: /srv/site
                workDirectory: /srv/.slipway
                backupFile: /var/backups/site.tar.gz
              - {name: web2, role: BUSINESS, host: web2.example.org, user: deploy, projectDirectory: /srv/site}
            """.formatted(KEY);

    /** The same without any business server. */
    protected static final String BETA_ONLY = """
            servers:
              - {name: dev, role: DEVELOPMENT, host: dev.example.org, user: deploy, projectDirectory: /srv/site}
              - {name: beta, role: BETA, host: beta.example.org, user: deploy, projectDirectory: /srv/site}
            """;

    /** Servers at ports where nothing listens. */
    protected static final String UNREACHABLE = """
            servers:
              - {name: dev, role: DEVELOPMENT, host: 127.0.0.1, port: 1, user: deploy, hostKeys: [%1$s], projectDirectory: /srv/a}
              - {name: beta, role: BETA, host: 127.0.0.1, port: 1, user: deploy, hostKeys: [%1$s], projectDirectory: /srv/b}
            """.formatted(KEY);

    /** {@link #INVENTORY}, for tests beside this class. */
    public static String inventory() {
        return INVENTORY;
    }

    /** {@link #KEY}, for tests beside this class. */
    public static String hostKey() {
        return KEY;
    }

    @BeforeAll
    static void holdAnswersToTheirDescription() {
        RestAssured.replaceFiltersWith(new ApiDescription());
    }

    @Inject
    protected OtherServices others;

    protected static String newProject(String inventory) {
        String project = "p-" + UUID.randomUUID();
        putYaml(project, inventory).statusCode(201);
        return project;
    }

    protected static ValidatableResponse putYaml(String project, String inventory) {
        return given().contentType("application/yaml")
                .body(inventory.getBytes(StandardCharsets.UTF_8))
                .put("/api/v1/projects/" + project)
                .then();
    }

    protected static String releases(String project) {
        return "/api/v1/projects/" + project + "/releases";
    }

    protected static RequestSpecification json(String body) {
        return given().contentType("application/json").body(body);
    }

    /** Makes a release of {@code index.html} and starts it; its path. */
    protected static String newRelease(String project) {
        String path = json("{\"paths\": [\"index.html\"]}")
                .post(releases(project))
                .then()
                .statusCode(201)
                .extract()
                .path("location");
        return path;
    }

    protected static ValidatableResponse act(String release, String action) {
        return given().post(release + "/" + action).then();
    }

    /** Does this that often at the same time; how often it came to what. */
    protected static <T> Map<T, Long> inParallel(int times, Callable<T> what) throws InterruptedException {
        CountDownLatch together = new CountDownLatch(times);
        try (ExecutorService threads = Executors.newFixedThreadPool(times)) {
            List<Callable<T>> calls = Collections.nCopies(times, () -> {
                together.countDown();
                together.await();
                return what.call();
            });
            return threads.invokeAll(calls).stream()
                    .map(Future::resultNow)
                    .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        }
    }
}
