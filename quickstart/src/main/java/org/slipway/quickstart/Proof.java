package org.slipway.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slipway.embedded.DemoTree;
import org.slipway.quickstart.DemoRelease.Completed;
import org.slipway.quickstart.Screen.Colour;

/**
 * Looks, without any of the code that copied, whether what Slipway promised is there: the manifest of the release on every
 * business server that is registered, and a backup that can be read. Only the demo's own servers can be
 * looked at; of others it says that they were not.
 */
final class Proof {

    private static final int LINES_SHOWN = 10;
    private static final String RELEASED = "what was released";

    private final Controller controller;
    private final DemoFleet fleet;
    private final Screen screen;

    Proof(Controller controller, DemoFleet fleet, Screen screen) {
        this.controller = controller;
        this.fleet = fleet;
        this.screen = screen;
    }

    /**
     * Whether the business servers hold what was released, and the backup can be read to its end. A release that was made a moment ago
     * is compared with the development server too; after an older one that may have changed.
     */
    boolean holds(Completed release) throws IOException {
        JsonNode servers = controller.project(DemoFleet.PROJECT).path("servers");
        Map<String, ProjectDirectory> business = business(servers);
        List<JsonNode> manifest = controller.files(DemoFleet.PROJECT, release.number());
        boolean equal = !business.isEmpty() && !manifest.isEmpty();
        if (!equal) {
            screen.line(Colour.RED, "✗ there is nothing to compare");
        }
        String expected = RELEASED;
        if (release.isNew()) {
            ProjectDirectory development = new ProjectDirectory(fleet.developmentSite());
            manifest.forEach(development::compare);
            development.refuseOthers(DemoTree.RELEASED);
            if (development.differences().isEmpty()) {
                expected = "what development holds";
            } else {
                equal = false;
                tellDifferences("development", RELEASED, development);
            }
        }
        for (Map.Entry<String, ProjectDirectory> server : business.entrySet()) {
            manifest.forEach(server.getValue()::compare);
            if (server.getValue().differences().isEmpty()) {
                screen.line(screen.in(Colour.GREEN, "✓ ") + server.getKey() + " holds " + expected);
            } else {
                equal = false;
                tellDifferences(server.getKey(), expected, server.getValue());
            }
        }
        return backupCanBeRead(servers, release.number()) && equal;
    }

    private Map<String, ProjectDirectory> business(JsonNode servers) {
        Map<String, ProjectDirectory> directories = new LinkedHashMap<>();
        for (JsonNode server : servers) {
            String name = server.path("name").asText();
            if (!server.path("role").asText().equals("BUSINESS")) {
                continue;
            }
            if (fleet.has(server)) {
                Path directory = Path.of(server.path("projectDirectory").asText());
                directories.put(name, new ProjectDirectory(directory));
            } else {
                screen.line("– " + name + " is none of the demo's servers, and was not looked at");
            }
        }
        return directories;
    }

    private void tellDifferences(String server, String expected, ProjectDirectory directory) {
        screen.line(Colour.RED, "✗ " + server + " does not hold " + expected + ":");
        directory.differences().stream().limit(LINES_SHOWN).forEach(line -> screen.line("    " + line));
    }

    /** The one that was verified for the release: its server need not be the chosen one any more. */
    private boolean backupCanBeRead(JsonNode servers, int release) throws IOException {
        JsonNode backup = controller.release(DemoFleet.PROJECT, release).path("backup");
        String file = backup.path("file").asText();
        if (!backup.has("file")) {
            screen.line(Colour.RED, "✗ there is no backup");
            return false;
        }
        if (!isOnTheFleet(servers, backup.path("server"))) {
            screen.line("– the backup " + file + " is on none of the demo's servers, and was not looked at");
            return true;
        }
        if (file.endsWith(".tar.zst")) {
            screen.line("– the backup " + file + " was not looked at: only .tar, .tar.gz and .tgz are read here");
            return true;
        }
        return canBeRead(Path.of(file));
    }

    private boolean isOnTheFleet(JsonNode servers, JsonNode name) {
        for (JsonNode server : servers) {
            if (server.path("name").equals(name) && fleet.has(server)) {
                return true;
            }
        }
        return false;
    }

    private boolean canBeRead(Path backup) {
        int files = 0;
        long bytes = 0;
        try (TarArchiveInputStream tar = new TarArchiveInputStream(unpacked(backup))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files++;
                    bytes += tar.transferTo(OutputStream.nullOutputStream());
                }
            }
        } catch (IOException broken) {
            screen.line(Colour.RED, "✗ the backup " + backup + " cannot be read: " + broken.getMessage());
            return false;
        }
        if (files == 0) {
            screen.line(Colour.RED, "✗ the backup " + backup + " is empty");
            return false;
        }
        screen.line(screen.in(Colour.GREEN, "✓ ") + "the backup can be read: " + files + " files, " + bytes + " bytes, "
                + backup);
        return true;
    }

    private static InputStream unpacked(Path backup) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(backup));
        return backup.toString().endsWith(".tar") ? in : new GZIPInputStream(in);
    }
}
