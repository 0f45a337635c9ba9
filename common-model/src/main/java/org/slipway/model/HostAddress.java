package org.slipway.model;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that it takes to reach a server and know where to work on it. One that exists can be used as it is in commands, messages
 * and keys: name, host and user have no white space and no control characters, host and user don't start with a dash, and the
 * name has no slash.
 *
 * @param name the operator's name of the server, for messages
 * @param host DNS name or IP address
 * @param port TCP port of the SSH server, 1 to 65535
 * @param user SSH user, authenticated by public key
 * @param hostKeys pinned host keys, each as in known_hosts without the host: {@code ssh-ed25519 AAAA…}; none means that
 *     the server is looked up in the known_hosts file that the service was given
 * @param projectDirectory absolute path of the project directory
 * @param workDirectory absolute path of Slipway's own directory on that server, {@code null} for the default beside the
 *     project directory
 */
public record HostAddress(
        String name,
        String host,
        int port,
        String user,
        List<String> hostKeys,
        String projectDirectory,
        @Nullable String workDirectory) {

    /**
     * @throws IllegalArgumentException when a part is not usable; the message says which and why
     */
    public HostAddress {
        hostKeys = List.copyOf(hostKeys);
        requireWord("server name", name);
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("server name '" + name + "' has a slash in it");
        }
        requireWord("host", host);
        requireNoOption("host", host);
        requireWord("user", user);
        requireNoOption("user", user);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
        requireDirectory("project directory", projectDirectory);
        if (workDirectory != null) {
            requireDirectory("work directory", workDirectory);
            if (workDirectory.equals(projectDirectory) || workDirectory.startsWith(projectDirectory + "/")) {
                throw new IllegalArgumentException(
                        "work directory '" + workDirectory + "' lies inside the project directory; put it beside");
            }
            if (projectDirectory.startsWith(workDirectory + "/")) {
                throw new IllegalArgumentException(
                        "work directory '" + workDirectory + "' has the project directory inside it; put it beside");
            }
        }
    }

    /** Names, hosts and users end up in command lines, URLs, keys of records and log lines. */
    private static void requireWord(String what, String word) {
        if (word.isEmpty()) {
            throw new IllegalArgumentException(what + " is empty");
        }
        if (word.codePoints().anyMatch(HostAddress::isBlankOrControl)) {
            throw new IllegalArgumentException(what + " has white space or a control character in it");
        }
    }

    private static boolean isBlankOrControl(int codePoint) {
        return Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || Character.isISOControl(codePoint)
                || Character.getType(codePoint) == Character.FORMAT;
    }

    private static void requireNoOption(String what, String word) {
        if (word.startsWith("-")) {
            throw new IllegalArgumentException(
                    what + " '" + word + "' starts with '-' and could be taken for an option");
        }
    }

    private static void requireDirectory(String what, String directory) {
        if (directory.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(what + " has a control character in it");
        }
        if (!directory.startsWith("/") || directory.length() < 2 || directory.endsWith("/")) {
            throw new IllegalArgumentException(
                    what + " '" + directory + "' must be an absolute path without a slash at its end, and not '/'");
        }
        for (String segment : directory.substring(1).split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new IllegalArgumentException(what + " '" + directory + "' has an empty, '.' or '..' segment");
            }
        }
    }

    /** The absolute path of Slipway's own directory: the configured one, else {@code .slipway-<name>} beside the project directory. */
    public String effectiveWorkDirectory() {
        return Optional.ofNullable(workDirectory).orElseGet(() -> {
            int slash = projectDirectory.lastIndexOf('/');
            return projectDirectory.substring(0, slash + 1) + ".slipway-" + projectDirectory.substring(slash + 1);
        });
    }
}
