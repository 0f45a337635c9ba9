package org.slipway.quickstart;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slipway.embedded.DemoTree;
import org.slipway.embedded.Trees;
import org.slipway.quickstart.Screen.Colour;

/** Looks, without asking Slipway, whether what it promised is there. */
final class Proof {

    private static final int LINES_SHOWN = 10;

    private final DemoFleet fleet;
    private final Screen screen;

    Proof(DemoFleet fleet, Screen screen) {
        this.fleet = fleet;
        this.screen = screen;
    }

    /** Whether every business server holds what the development server holds, and the backup can be read to its end. */
    boolean holds() {
        boolean equal = true;
        for (Map.Entry<String, Path> server : fleet.businessSites().entrySet()) {
            List<String> difference = Trees.difference(fleet.developmentSite(), server.getValue(), DemoTree.RELEASED);
            if (difference.isEmpty()) {
                screen.line(screen.in(Colour.GREEN, "✓ ") + server.getKey() + " holds what development holds");
            } else {
                equal = false;
                screen.line(Colour.RED, "✗ " + server.getKey() + " differs from development:");
                difference.stream().limit(LINES_SHOWN).forEach(line -> screen.line("    " + line));
            }
        }
        return backupCanBeRead() && equal;
    }

    private boolean backupCanBeRead() {
        Path backup = fleet.backupFile();
        int files = 0;
        long bytes = 0;
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new GZIPInputStream(new BufferedInputStream(Files.newInputStream(backup))))) {
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
}
