package org.slipway.quickstart;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.SshHosts;

/**
 * What the user asked for.
 *
 * @param checkout where the services were built
 * @param data where everything is kept between runs
 * @param port TCP port of the controller's REST interface
 * @param once whether to end after the demo release, or when the user's own servers are registered and checked
 * @param ownServers the user's servers instead of the demo fleet, {@code null} for the demo
 */
record Options(
        Path checkout,
        Path data,
        int port,
        boolean once,
        @Nullable OwnServers ownServers) {

    /**
     * Real servers.
     *
     * @param inventory YAML file
     * @param sshKey private key that logs in on all of them
     * @param knownHosts for servers whose host keys the inventory does not have
     */
    record OwnServers(Path inventory, Path sshKey, Path knownHosts) {}

    /** Reads the system properties that quickstart/pom.xml passes on; an empty one counts as missing. */
    static Options read(Function<String, @Nullable String> property) {
        Path checkout = path(property, "slipway.checkout").orElse(Path.of("").toAbsolutePath());
        return new Options(
                checkout,
                path(property, "slipway.data").orElse(checkout.resolve("data")),
                port(text(property, "slipway.port").orElse("8080")),
                text(property, "slipway.once")
                        .map(word -> !word.equals("false"))
                        .orElse(false),
                path(property, "slipway.inventory")
                        .map(inventory -> ownServers(property, inventory))
                        .orElse(null));
    }

    private static OwnServers ownServers(Function<String, @Nullable String> property, Path inventory) {
        Path ssh = Path.of(text(property, "user.home").orElse("/"), ".ssh");
        OwnServers servers = new OwnServers(
                inventory,
                path(property, "slipway.ssh.key").orElse(ssh.resolve("id_ed25519")),
                path(property, "slipway.known.hosts").orElse(ssh.resolve("known_hosts")));
        if (!Files.isReadable(servers.inventory)) {
            throw new UserError(
                    "cannot read the inventory " + servers.inventory + "; name the file with -Dinventory=FILE");
        }
        if (!Files.isReadable(servers.sshKey)) {
            throw new UserError("cannot read the SSH key " + servers.sshKey + "; name the file with -Dssh.key=FILE");
        }
        SshHosts.whyUnusable(servers.sshKey).ifPresent(why -> {
            throw new UserError(why + " Another file is named with -Dssh.key=FILE");
        });
        if (text(property, "slipway.known.hosts").isPresent() && !Files.isReadable(servers.knownHosts)) {
            throw new UserError(
                    "cannot read " + servers.knownHosts + "; name the file of known hosts with -Dknown.hosts=FILE");
        }
        return servers;
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException noNumber) {
            // told below
        }
        throw new UserError("-Dport=" + text + " is no TCP port; name one from 1 to 65535");
    }

    private static Optional<Path> path(Function<String, @Nullable String> property, String name) {
        return text(property, name).map(text -> Path.of(text).toAbsolutePath().normalize());
    }

    private static Optional<String> text(Function<String, @Nullable String> property, String name) {
        return Optional.ofNullable(property.apply(name)).filter(text -> !text.isBlank());
    }
}
