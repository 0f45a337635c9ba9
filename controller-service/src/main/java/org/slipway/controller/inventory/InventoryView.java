package org.slipway.controller.inventory;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.release.ReleaseProblems;
import org.slipway.model.HostAddress;
import org.slipway.model.ServerRole;
import org.slipway.model.ServerState;
import org.slipway.persistence.server.Server;

/**
 * A project as one document. What PUT takes, and {@code status}, which PUT passes over, so that the answer to GET can be edited and PUT.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record InventoryView(String project, List<ServerView> servers, StatusView status) {

    /** A server as the operator describes it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ServerView(
            String name,
            ServerRole role,
            String host,
            int port,
            String user,
            List<String> hostKeys,
            String projectDirectory,
            @Nullable String workDirectory,
            @Nullable String backupFile) {

        static ServerView of(Server server) {
            HostAddress address = server.address();
            return new ServerView(
                    server.name(),
                    server.role(),
                    address.host(),
                    address.port(),
                    address.user(),
                    address.hostKeys(),
                    address.projectDirectory(),
                    address.workDirectory(),
                    server.backupFile().orElse(null));
        }
    }

    /**
     * How things stand.
     *
     * @param inventoryVersion grows with every change of the inventory
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StatusView(
            long inventoryVersion, List<ServerStatus> servers, ReleaseProblems.@Nullable InTheWay unfinishedRelease) {}

    /**
     * Where a business server stands.
     *
     * @param state idle, waiting, copying or failed
     * @param release the number of the release that it is about, if there is one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ServerStatus(
            String name,
            String state,
            @Nullable Instant since,
            @Nullable Integer release) {

        static String word(ServerState state) {
            return switch (state) {
                case IDLE -> "idle";
                case COPYING -> "waiting";
                case LOCKED -> "copying";
                case ERROR -> "failed";
            };
        }
    }
}
