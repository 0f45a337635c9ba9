package org.slipway.controller.inventory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.project.InventoryChanges;

/**
 * A page of what was changed in an inventory.
 *
 * @param next path of the next page, if there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record InventoryChangesView(List<Entry> changes, @Nullable String next) {

    /**
     * What became of one server, or of their order.
     *
     * @param fields a list of {@code {field, from, to}}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            long id,
            long inventoryVersion,
            InventoryChanges.Kind kind,
            @Nullable String server,
            @JsonRawValue String fields,
            String by,
            Instant at) {

        static Entry of(InventoryChanges.Recorded recorded) {
            return new Entry(
                    recorded.id(),
                    recorded.version(),
                    recorded.change().kind(),
                    recorded.change().server(),
                    recorded.change().fields(),
                    recorded.actor(),
                    recorded.at());
        }
    }
}
