package org.slipway.controller.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.StrictObject;
import org.slipway.controller.inventory.HostKeys.InvalidHostKeyException;
import org.slipway.controller.problem.Problem;
import org.slipway.model.HostAddress;
import org.slipway.model.Names;
import org.slipway.model.ServerRole;

/** Reads an inventory document. Pure: everything that is wrong with it is listed at once. */
final class InventoryReader {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9:][A-Za-z0-9.:_%-]{0,254}");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@\\\\+$-]{0,63}");
    private static final List<String> ARCHIVES = List.of(".tar", ".tar.gz", ".tgz", ".tar.zst");
    private static final int SSH_PORT = 22;
    private static final int MOST_PATH_CHARS = 4_096;
    private static final int MOST_KEY_CHARS = 16_384;
    private static final int MOST_KEYS = 20;
    private static final int MOST_SERVERS = 1_000;

    private final List<Draft> drafts = new ArrayList<>();

    private InventoryReader() {}

    /** A server as far as it could be read. */
    private record Draft(
            StrictObject object,
            @Nullable String name,
            @Nullable ServerRole role,
            Inventory.@Nullable Entry entry) {
        Inventory.Entry placed() {
            return Objects.requireNonNull(entry);
        }
    }

    /**
     * The inventory in a document.
     *
     * @param project the name in the path; the document may repeat it, as GET does
     * @throws Problem {@code INVALID_DOCUMENT} that lists everything that is wrong
     */
    static Inventory read(String project, JsonNode document) {
        StrictObject object = StrictObject.root(document);
        if (!Names.ALLOWED.matcher(project).matches()) {
            object.error("project", "in the path " + Names.RULE);
        }
        object.text("project", MOST_PATH_CHARS)
                .filter(named -> !named.equals(project))
                .ifPresent(named -> object.error("project", "must be the name in the path, or be left out"));
        List<StrictObject> servers =
                object.objects("servers", MOST_SERVERS, "may have at most %,d servers".formatted(MOST_SERVERS));
        object.tolerate("status");
        object.nothingElse();
        InventoryReader reader = new InventoryReader();
        servers.forEach(server -> reader.drafts.add(server(server)));
        if (object.errors().isEmpty() || !servers.isEmpty()) {
            reader.requireRoles(object);
        }
        reader.requireDistinct();
        object.requireNoErrors();
        return new Inventory(reader.drafts.stream()
                .flatMap(draft -> Stream.ofNullable(draft.entry()))
                .toList());
    }

    private static Draft server(StrictObject object) {
        Optional<String> name = object.requiredText("name", MOST_PATH_CHARS).filter(text -> {
            boolean valid = Names.ALLOWED.matcher(text).matches();
            if (!valid) {
                object.error("name", Names.RULE);
            }
            return valid;
        });
        Optional<ServerRole> role = object.requiredText("role", MOST_PATH_CHARS).flatMap(text -> role(object, text));
        Optional<String> host = matching(object, "host", HOST, "must be a DNS name or an IP address");
        int port = object.integer("port", 1, 65_535).orElse(SSH_PORT);
        Optional<String> user = matching(object, "user", USER, "must be the name of an SSH user");
        List<String> hostKeys = hostKeys(object);
        Optional<HostAddress> address = object.requiredText("projectDirectory", MOST_PATH_CHARS)
                .flatMap(directory -> address(
                        object,
                        "projectDirectory",
                        name.orElse("?"),
                        host.orElse("?"),
                        port,
                        user.orElse("?"),
                        hostKeys,
                        directory,
                        null));
        String workDirectory = object.text("workDirectory", MOST_PATH_CHARS).orElse(null);
        Optional<HostAddress> whole = workDirectory == null
                ? address
                : address.flatMap(a -> address(
                        object,
                        "workDirectory",
                        a.name(),
                        a.host(),
                        a.port(),
                        a.user(),
                        hostKeys,
                        a.projectDirectory(),
                        workDirectory));
        String backupFile = object.text("backupFile", MOST_PATH_CHARS).orElse(null);
        if (backupFile != null) {
            if (role.isPresent() && role.get() != ServerRole.BUSINESS) {
                object.error("backupFile", "is only for a server with role BUSINESS; leave it out here");
            }
            whole.ifPresent(a -> requireBackupFile(object, backupFile, a));
        }
        object.nothingElse();
        Optional<Inventory.Entry> entry = whole.filter(a -> name.isPresent() && host.isPresent() && user.isPresent())
                .flatMap(a -> role.map(r -> new Inventory.Entry(r, a, backupFile)));
        return new Draft(object, name.orElse(null), role.orElse(null), entry.orElse(null));
    }

    private static Optional<ServerRole> role(StrictObject object, String text) {
        Optional<ServerRole> role = Arrays.stream(ServerRole.values())
                .filter(value -> value.name().equals(text))
                .findFirst();
        if (role.isEmpty()) {
            object.error("role", "must be DEVELOPMENT, BETA or BUSINESS");
        }
        return role;
    }

    private static Optional<String> matching(StrictObject object, String field, Pattern pattern, String rule) {
        return object.requiredText(field, MOST_PATH_CHARS).filter(text -> {
            boolean valid = pattern.matcher(text).matches();
            if (!valid) {
                object.error(field, rule);
            }
            return valid;
        });
    }

    private static List<String> hostKeys(StrictObject object) {
        List<String> keys = new ArrayList<>();
        for (StrictObject.Item item :
                object.texts("hostKeys", MOST_KEY_CHARS, MOST_KEYS, "may have at most %d keys".formatted(MOST_KEYS))) {
            try {
                String key = HostKeys.normalised(item.value());
                if (keys.contains(key)) {
                    object.error(item.field(), "is there twice");
                }
                keys.add(key);
            } catch (InvalidHostKeyException e) {
                object.error(item.field(), e.reason());
            }
        }
        return keys;
    }

    /** The model knows what a directory must be like; its words are passed on. */
    private static Optional<HostAddress> address(
            StrictObject object,
            String field,
            String name,
            String host,
            int port,
            String user,
            List<String> hostKeys,
            String projectDirectory,
            @Nullable String workDirectory) {
        try {
            return Optional.of(new HostAddress(name, host, port, user, hostKeys, projectDirectory, workDirectory));
        } catch (IllegalArgumentException e) {
            object.error(field, "is not usable: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static void requireBackupFile(StrictObject object, String file, HostAddress address) {
        if (!file.startsWith("/")
                || Arrays.stream(file.substring(1).split("/", -1))
                        .anyMatch(segment -> segment.isEmpty() || segment.equals(".") || segment.equals(".."))) {
            object.error("backupFile", "must be an absolute path without empty, '.' or '..' segments");
            return;
        }
        String fileName = file.substring(file.lastIndexOf('/') + 1);
        if (ARCHIVES.stream().noneMatch(ending -> fileName.endsWith(ending) && fileName.length() > ending.length())) {
            object.error("backupFile", "must end in one of " + String.join(", ", ARCHIVES));
        }
        if (file.chars().anyMatch(Character::isISOControl)) {
            object.error("backupFile", "has a control character in it; leave it out");
        }
        if (file.equals(address.projectDirectory()) || file.equals(address.effectiveWorkDirectory())) {
            object.error("backupFile", "is a directory that Slipway works with; put the backup elsewhere");
        }
        if (file.startsWith(address.projectDirectory() + "/")) {
            object.error(
                    "backupFile",
                    "lies inside the project directory, where it would be backed up itself; put it elsewhere");
        }
        if (file.startsWith(address.effectiveWorkDirectory() + "/")) {
            object.error("backupFile", "lies inside the work directory, which is Slipway's own; put it elsewhere");
        }
    }

    private void requireRoles(StrictObject object) {
        requireOne(object, ServerRole.DEVELOPMENT, "where releases come from");
        requireOne(object, ServerRole.BETA, "where they are tried out");
        List<Draft> chosen = drafts.stream()
                .filter(draft -> draft.entry() != null && draft.entry().backupFile() != null)
                .toList();
        if (chosen.size() > 1) {
            chosen.forEach(draft -> draft.object()
                    .error(
                            "backupFile",
                            "is on %d servers; leave it on the one that is to be backed up".formatted(chosen.size())));
        }
    }

    private void requireOne(StrictObject object, ServerRole role, String what) {
        long count = drafts.stream().filter(draft -> draft.role() == role).count();
        boolean allRolesRead = drafts.stream().allMatch(draft -> draft.role() != null);
        if (count > 1 || (count == 0 && allRolesRead)) {
            object.error(
                    "servers",
                    "must have exactly one server with role %s, %s; there are %d".formatted(role, what, count));
        }
    }

    private void requireDistinct() {
        Set<String> names = new TreeSet<>();
        for (Draft draft : drafts) {
            String name = draft.name();
            if (name != null && !names.add(name)) {
                draft.object()
                        .error(
                                "name",
                                "'%s' is used by another server too; names are unique in a project".formatted(name));
            }
        }
        requireDistinctDirectory(
                "projectDirectory", HostAddress::projectDirectory, "a server is never copied onto itself");
        requireDistinctDirectory(
                "workDirectory", HostAddress::effectiveWorkDirectory, "each server needs a work directory of its own");
        drafts.stream()
                .filter(draft -> draft.entry() != null)
                .collect(Collectors.groupingBy(draft -> place(draft.placed().address())))
                .values()
                .forEach(InventoryReader::requireApart);
    }

    private static String place(HostAddress address) {
        return "%s %d".formatted(address.host().toLowerCase(Locale.ROOT), address.port());
    }

    /** Of servers on one host and port: what belongs to one of them is not to lie in a directory of another one. */
    private static void requireApart(List<Draft> together) {
        for (Draft draft : together) {
            for (Draft other : together) {
                if (other != draft) {
                    requireOutside(draft, other.placed().address(), "project", HostAddress::projectDirectory);
                    requireOutside(draft, other.placed().address(), "work", HostAddress::effectiveWorkDirectory);
                }
            }
        }
    }

    private static void requireOutside(
            Draft draft, HostAddress other, String kind, Function<HostAddress, String> directory) {
        HostAddress own = draft.placed().address();
        String theirs = directory.apply(other);
        boolean isProjectInside = touches(own.projectDirectory(), theirs);
        // That both are the project directories, or both the work directories, is said elsewhere.
        if (isProjectInside && !own.projectDirectory().equals(other.projectDirectory())) {
            sayInside(draft, "projectDirectory", kind, other);
        }
        // The work directory that nobody named lies beside the project directory.
        if (touches(own.effectiveWorkDirectory(), theirs)
                && !own.effectiveWorkDirectory().equals(other.effectiveWorkDirectory())
                && (own.workDirectory() != null || !isProjectInside)) {
            sayInside(draft, "workDirectory", kind, other);
        }
        String backup = draft.placed().backupFile();
        if (backup != null && touches(backup, theirs)) {
            sayInside(draft, "backupFile", kind, other);
        }
    }

    private static void sayInside(Draft draft, String field, String kind, HostAddress other) {
        draft.object()
                .error(
                        field,
                        "lies in the %s directory of server '%s' on the same host and port; put it elsewhere"
                                .formatted(kind, other.name()));
    }

    /** Whether a path is a directory or lies in it. */
    private static boolean touches(String path, String directory) {
        return path.startsWith(directory)
                && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
    }

    private void requireDistinctDirectory(String field, Function<HostAddress, String> directory, String why) {
        Map<String, String> firstWith = new HashMap<>();
        for (Draft draft : drafts) {
            if (draft.entry() != null) {
                HostAddress a = draft.entry().address();
                String other = firstWith.putIfAbsent(place(a) + " " + directory.apply(a), a.name());
                if (other != null) {
                    draft.object()
                            .error(field, "is that of server '%s' on the same host and port; %s".formatted(other, why));
                }
            }
        }
    }
}
