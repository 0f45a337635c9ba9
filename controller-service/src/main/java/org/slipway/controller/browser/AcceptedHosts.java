package org.slipway.controller.browser;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.Setting;

/**
 * The names that this service answers to. Those that nobody can have lead here from the internet need not be listed: IP addresses, names
 * without a dot, such as {@code localhost} and those of containers, and names under {@code localhost}, {@code svc} and {@code cluster.local},
 * such as those of services in Kubernetes. Any other name could be that of a web page (DNS rebinding), and is listed in
 * {@code slipway.http.hosts}.
 */
@Startup(Setting.FIRST)
@ApplicationScoped
class AcceptedHosts {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    private static final Pattern IP_ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");
    private static final Pattern PORT = Pattern.compile(":\\d*$");
    private static final List<String> NOBODY_ELSES = List.of("*.localhost", "*.svc", "*.cluster.local");

    private final List<String> listed;

    /**
     * @param listed further names; {@code *.example.org} for every name under that one, {@code *} for every name there is
     * @throws ConfigurationException when one is no name of a host
     */
    AcceptedHosts(@ConfigProperty(name = "slipway.http.hosts") Optional<List<String>> listed) {
        this.listed =
                listed.orElse(List.of()).stream().map(AcceptedHosts::checked).toList();
    }

    /** Whether this is one of them, with a port or without, and with the dot at its end that a name may have. */
    boolean accept(@Nullable String authority) {
        if (authority == null) {
            return false;
        }
        String host = PORT.matcher(authority.toLowerCase(Locale.ROOT)).replaceFirst("");
        if (IP_ADDRESS.matcher(host).matches()) {
            return true;
        }
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return NAME.matcher(name).matches()
                && (name.indexOf('.') < 0
                        || NOBODY_ELSES.stream().anyMatch(pattern -> matches(pattern, name))
                        || listed.stream().anyMatch(pattern -> matches(pattern, name)));
    }

    private static boolean matches(String pattern, String name) {
        return pattern.equals("*")
                || (pattern.startsWith("*.") ? name.endsWith(pattern.substring(1)) : name.equals(pattern));
    }

    private static String checked(String text) {
        String pattern = text.strip().toLowerCase(Locale.ROOT);
        String name = pattern.startsWith("*.") ? pattern.substring(2) : pattern;
        if (!pattern.equals("*") && !NAME.matcher(name).matches()) {
            throw new ConfigurationException(
                    "slipway.http.hosts: '%s' is no name of a host; write names without scheme and port, such as slipway.example.org"
                            .formatted(pattern));
        }
        return pattern;
    }
}
