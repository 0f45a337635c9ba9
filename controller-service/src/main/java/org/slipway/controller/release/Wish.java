package org.slipway.controller.release;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.slipway.controller.body.StrictObject;

/**
 * Who wants something done with a release, and why.
 *
 * @param by for the audit log
 * @param reason for the audit log; may be empty
 * @param gone names of servers whose machines are gone for good, each with the field that it stands in; only where a release is cancelled
 */
record Wish(String by, String reason, List<StrictObject.Item> gone) {
    private static final int MOST_GONE = 1_000;
    private static final int MOST_NAME_CHARS = 200;
    private static final int MOST_BY_CHARS = 200;
    private static final int MOST_REASON_CHARS = 1_000;

    static Wish read(Action action, JsonNode document) {
        StrictObject object = StrictObject.root(document);
        String by = object.text("by", MOST_BY_CHARS)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElse("api");
        String reason = object.text("reason", MOST_REASON_CHARS).orElse("");
        List<StrictObject.Item> gone = action == Action.CANCEL
                ? object.texts("gone", MOST_NAME_CHARS, MOST_GONE, "names more than 1,000 servers")
                : List.of();
        object.nothingElse();
        object.requireNoErrors();
        return new Wish(by, reason, gone);
    }

    String reasonOr(String otherwise) {
        return reason.isBlank() ? otherwise : reason;
    }
}
