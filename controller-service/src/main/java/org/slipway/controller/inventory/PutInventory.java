package org.slipway.controller.inventory;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.problem.FieldError;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;
import org.slipway.controller.release.ReleaseProblems;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerRole;
import org.slipway.model.ServerState;
import org.slipway.persistence.DatabaseClock;
import org.slipway.persistence.project.InventoryChanges;
import org.slipway.persistence.project.Project;
import org.slipway.persistence.project.Projects;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;
import org.slipway.persistence.transition.TransitionLog;

/** Makes a project, or makes its servers what the operator says now. */
@ApplicationScoped
class PutInventory {
    private final Projects projects;
    private final Servers servers;
    private final Releases releases;
    private final ReplacedMachines replaced;
    private final TransitionLog log;
    private final InventoryChanges changes;
    private final ShowInventory show;
    private final DatabaseClock clock;

    PutInventory(
            Projects projects,
            Servers servers,
            Releases releases,
            ReplacedMachines replaced,
            TransitionLog log,
            InventoryChanges changes,
            ShowInventory show,
            DatabaseClock clock) {
        this.projects = projects;
        this.servers = servers;
        this.releases = releases;
        this.replaced = replaced;
        this.log = log;
        this.changes = changes;
        this.show = show;
        this.clock = clock;
    }

    /** What came of it. */
    record Result(boolean created, InventoryView view) {}

    /**
     * @param by who wants it so, for the record of changes
     * @param version the version that it is to replace; {@code null} for any
     * @throws Problem {@code INVENTORY_CHANGED}, {@code RELEASE_IS_COPYING}, {@code SERVER_BUSY}, {@code INVALID_DOCUMENT}
     */
    @Transactional
    Result put(String name, Inventory inventory, String by, @Nullable Long version) {
        boolean created = projects.insertIfMissing(name);
        Project project = projects.lockNamed(name).orElseThrow();
        if (version != null && version != project.inventoryVersion()) {
            throw Problem.of(
                    ProblemType.INVENTORY_CHANGED,
                    "The inventory is at version %d, not at %d as If-Match says. Look at it again, make the change in that, and repeat."
                            .formatted(project.inventoryVersion(), version));
        }
        List<Server> present = new ArrayList<>(servers.ofProject(project.id()));
        List<Inventory.Entry> before = entries(present);
        if (!created && before.equals(inventory.servers())) {
            return new Result(false, show.view(project));
        }
        List<Server> business = servers.lockBusinessServers(project.id());
        Release unfinished = releases.unfinished(project.id()).orElse(null);
        if (unfinished != null && isCopying(unfinished.state()) && !isOnlyFencedOff(unfinished, business)) {
            throw ReleaseProblems.isCopying(unfinished);
        }
        requireRolesKept(present, inventory);
        Optional<ReplacedMachines.Before> machinesBefore = Optional.ofNullable(unfinished)
                .filter(release -> release.cancelRequestedAt().isEmpty())
                .map(replaced::before);
        makeRoom(present, inventory, unfinished);
        Map<String, Server> byName = present.stream().collect(Collectors.toMap(Server::name, Function.identity()));
        for (int position = 0; position < inventory.servers().size(); position++) {
            place(project, byName, inventory.servers().get(position), position, by);
        }
        project.inventoryChanged();
        servers.flush();
        machinesBefore.ifPresent(replaced::forget);
        changes.record(project.id(), project.inventoryVersion(), by, Difference.between(before, inventory.servers()));
        return new Result(created, show.view(project));
    }

    private static List<Inventory.Entry> entries(List<Server> servers) {
        return servers.stream()
                .map(server -> new Inventory.Entry(
                        server.role(), server.address(), server.backupFile().orElse(null)))
                .toList();
    }

    /** Whether files are on their way; in the other unfinished states an operator may mend the inventory before a retry. */
    private static boolean isCopying(ReleaseState state) {
        return switch (state) {
            case BETA_COPYING, PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP, PRODUCTION_COPYING -> true;
            case CREATED, BETA_COPIED, BETA_COPY_FAILED, PRODUCTION_FAILED, COMPLETED, CANCELLED -> false;
        };
    }

    /**
     * Whether nobody works on a release any more, and it is only to be cancelled: that may wait for a server that cannot be reached, and an
     * operator may mend how it is reached.
     */
    private boolean isOnlyFencedOff(Release release, List<Server> business) {
        return release.cancelRequestedAt().isPresent()
                && release.leaseUntil()
                        .filter(until -> until.isAfter(clock.now()))
                        .isEmpty()
                && business.stream().noneMatch(server -> server.leaseOwner().isPresent());
    }

    private static void requireRolesKept(List<Server> present, Inventory inventory) {
        Map<String, ServerRole> roles = present.stream().collect(Collectors.toMap(Server::name, Server::role));
        List<FieldError> errors = IntStream.range(0, inventory.servers().size())
                .boxed()
                .flatMap(i -> {
                    Inventory.Entry entry = inventory.servers().get(i);
                    return Optional.ofNullable(roles.get(entry.name()))
                            .filter(role -> role != entry.role())
                            .map(role -> new FieldError(
                                    "servers[%d].role".formatted(i),
                                    "of server '%s' cannot change from %s to %s; give the server a new name"
                                            .formatted(entry.name(), role, entry.role())))
                            .stream();
                })
                .toList();
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
    }

    /**
     * Retires what is gone and takes away the backup file where it moves to another server. The database holds at most one of each at
     * any moment, so this is written before anything takes their place.
     */
    private void makeRoom(List<Server> present, Inventory inventory, @Nullable Release unfinished) {
        Map<String, Inventory.Entry> wanted = new HashMap<>();
        inventory.servers().forEach(entry -> wanted.put(entry.name(), entry));
        List<Server> busy = new ArrayList<>();
        List<Server> retired = new ArrayList<>();
        for (Server server : List.copyOf(present)) {
            Inventory.Entry entry = wanted.get(server.name());
            if (entry == null) {
                if (server.state().filter(state -> state != ServerState.IDLE).isPresent()) {
                    busy.add(server);
                }
                server.retire(clock.now());
                retired.add(server);
                present.remove(server);
            } else if (entry.backupFile() == null) {
                server.update(server.position(), server.address(), null);
            }
        }
        if (!busy.isEmpty()) {
            throw busy(busy, unfinished);
        }
        servers.flush();
        // What is no server of the project any more is nobody's to fence off.
        retired.forEach(server -> servers.setUnfenced(server.id(), false));
    }

    private static Problem busy(List<Server> busy, @Nullable Release unfinished) {
        List<String> names = busy.stream().map(Server::name).toList();
        List<String> awaited =
                busy.stream().filter(Server::isUnfenced).map(Server::name).toList();
        String whatToDo = Optional.ofNullable(unfinished)
                .filter(release -> release.cancelRequestedAt().isPresent())
                .map(release -> awaited.isEmpty()
                        ? "Release %d is being cancelled; try again once it is.".formatted(release.number())
                        : ReleaseProblems.cancelWaitsFor(release, awaited))
                .orElse("Complete or cancel the release first.");
        return Problem.of(
                        ProblemType.SERVER_BUSY,
                        "These servers are not idle and cannot be removed: %s. %s"
                                .formatted(String.join(", ", names), whatToDo))
                .with("servers", names);
    }

    private void place(Project project, Map<String, Server> byName, Inventory.Entry entry, int position, String by) {
        Server server = byName.get(entry.name());
        if (server != null) {
            if (!server.address().equals(entry.address())) {
                servers.waitNoLonger(server);
            }
            server.update(position, entry.address(), entry.backupFile());
            return;
        }
        Optional<Server> former = servers.retired(project.id(), entry.name(), entry.role());
        if (former.isPresent()) {
            former.get().reinstate();
            former.get().update(position, entry.address(), entry.backupFile());
            return;
        }
        Server added = new Server(project, entry.role(), position, entry.address(), entry.backupFile());
        if (entry.role() == ServerRole.BUSINESS) {
            log.begin(added, by, "registered");
        } else {
            servers.persist(added);
        }
    }
}
