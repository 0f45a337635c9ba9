package org.slipway.controller.inventory;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.model.HostAddress;
import org.slipway.model.ServerRole;

/** What an operator says about a project: its servers, in order. One that exists holds together. */
record Inventory(List<Entry> servers) {

    /**
     * One server.
     *
     * @param backupFile absolute path of the backup; {@code null} but on the chosen business server
     */
    record Entry(
            ServerRole role, HostAddress address, @Nullable String backupFile) {
        String name() {
            return address.name();
        }
    }
}
