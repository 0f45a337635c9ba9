package org.slipway.controller.inventory;

import java.util.List;
import java.util.Optional;
import org.slipway.model.HostAddress;
import org.slipway.model.ServerRole;

/** What an operator says about a project: its servers, in order. One that exists holds together. */
record Inventory(List<Entry> servers) {

    /**
     * One server.
     *
     * @param backupFile absolute path of the backup; on the chosen business server only
     */
    record Entry(ServerRole role, HostAddress address, Optional<String> backupFile) {
        String name() {
            return address.name();
        }
    }
}
