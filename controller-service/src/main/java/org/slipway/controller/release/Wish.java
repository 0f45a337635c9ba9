package org.slipway.controller.release;

import com.fasterxml.jackson.databind.JsonNode;
import org.slipway.controller.body.StrictObject;

/**
 * Who wants something done with a release, and why.
 *
 * @param by for the audit log
 * @param reason for the audit log; may be empty
 */
record Wish(String by, String reason) {
    private static final int MOST_BY_CHARS = 200;
    private static final int MOST_REASON_CHARS = 1_000;

    static Wish read(JsonNode document) {
        StrictObject object = StrictObject.root(document);
        String by = object.text("by", MOST_BY_CHARS)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElse("api");
        String reason = object.text("reason", MOST_REASON_CHARS).orElse("");
        object.nothingElse();
        object.requireNoErrors();
        return new Wish(by, reason);
    }

    String reasonOr(String otherwise) {
        return reason.isBlank() ? otherwise : reason;
    }
}
