package org.slipway.controller.inventory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.project.InventoryChanges.Change;
import org.slipway.persistence.project.InventoryChanges.Kind;

/** What became of each server from one inventory of a project to the next. */
final class Difference {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Difference() {}

    /**
     * One field of a server, named as in the inventory.
     *
     * @param from what it was; {@code null} for nothing
     * @param to what it is; {@code null} for nothing
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Field(
            String field, @Nullable Object from, @Nullable Object to) {}

    /** The changes in the order of the inventory, then what was removed, then whether those that stayed changed places. */
    static List<Change> between(List<Inventory.Entry> before, List<Inventory.Entry> after) {
        Map<String, Inventory.Entry> were = byName(before);
        Map<String, Inventory.Entry> are = byName(after);
        List<Change> changes = new ArrayList<>();
        are.forEach((name, is) -> {
            Inventory.Entry was = were.get(name);
            List<Field> fields = fields(was, is);
            if (!fields.isEmpty()) {
                changes.add(change(name, was == null ? Kind.ADDED : Kind.CHANGED, fields));
            }
        });
        were.forEach((name, was) -> {
            if (!are.containsKey(name)) {
                changes.add(change(name, Kind.REMOVED, fields(was, null)));
            }
        });
        List<String> from = inOrder(before, are.keySet());
        List<String> to = inOrder(after, were.keySet());
        if (!from.equals(to)) {
            changes.add(change(null, Kind.REORDERED, List.of(new Field("servers", from, to))));
        }
        return changes;
    }

    private static List<Field> fields(Inventory.@Nullable Entry was, Inventory.@Nullable Entry is) {
        Map<String, Object> from = values(was);
        Map<String, Object> to = values(is);
        Map<String, Object> all = new LinkedHashMap<>(from);
        all.putAll(to);
        return all.keySet().stream()
                .filter(field -> !Objects.equals(from.get(field), to.get(field)))
                .map(field -> new Field(field, from.get(field), to.get(field)))
                .toList();
    }

    /** What the inventory says of a server; what it leaves out is left out. */
    private static Map<String, Object> values(Inventory.@Nullable Entry entry) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (entry != null) {
            values.put("role", entry.role().name());
            values.put("host", entry.address().host());
            values.put("port", entry.address().port());
            values.put("user", entry.address().user());
            values.put("hostKeys", entry.address().hostKeys());
            values.put("projectDirectory", entry.address().projectDirectory());
            String workDirectory = entry.address().workDirectory();
            if (workDirectory != null) {
                values.put("workDirectory", workDirectory);
            }
            String backupFile = entry.backupFile();
            if (backupFile != null) {
                values.put("backupFile", backupFile);
            }
        }
        return values;
    }

    private static Map<String, Inventory.Entry> byName(List<Inventory.Entry> servers) {
        Map<String, Inventory.Entry> byName = new LinkedHashMap<>();
        servers.forEach(server -> byName.put(server.name(), server));
        return byName;
    }

    private static List<String> inOrder(List<Inventory.Entry> servers, Set<String> kept) {
        return servers.stream()
                .map(Inventory.Entry::name)
                .filter(kept::contains)
                .collect(Collectors.toUnmodifiableList());
    }

    private static Change change(@Nullable String server, Kind kind, List<Field> fields) {
        try {
            return new Change(server, kind, JSON.writeValueAsString(fields));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a change cannot be written as JSON", e);
        }
    }
}
