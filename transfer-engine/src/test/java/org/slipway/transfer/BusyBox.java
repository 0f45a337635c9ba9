package org.slipway.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A userland of BusyBox applets for an SSH server's sessions. */
final class BusyBox {
    private static final Path BUSYBOX = Path.of("/usr/bin/busybox");

    private BusyBox() {}

    /** A directory with a link for each applet, and a forced command that runs what was asked for with them alone in front. */
    static String forcedCommand(Path dir) {
        Installed.require("busybox", "busybox");
        try {
            Path applets = Files.createDirectories(dir.resolve("applets"));
            for (String applet : OpenSsh.run(BUSYBOX.toString(), "--list").split("\n")) {
                if (!applet.contains("/") && !applet.contains("[")) {
                    Files.createSymbolicLink(applets.resolve(applet), BUSYBOX);
                }
            }
            if (!Files.exists(applets.resolve("flock"), java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                // Debian builds BusyBox without it; Alpine and OpenWrt have it.
                Files.createSymbolicLink(applets.resolve("flock"), Path.of("/usr/bin/flock"));
            }
            Path script = dir.resolve("busybox-session");
            Files.write(
                    script,
                    List.of(
                            "#!/bin/sh",
                            "export PATH=" + applets,
                            "exec " + applets + "/sh -c \"" + applets + "/sh ${SSH_ORIGINAL_COMMAND#/bin/sh}\""));
            Trees.mode(script, 0755);
            return "ForceCommand " + script;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
