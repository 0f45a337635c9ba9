package org.slipway.controller.journal;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Parameters;
import org.slipway.model.Journal;
import org.slipway.model.Names;

/** {@code /projects/{project}/journal}: what went wrong, latest first. */
@Path("/api/v1/projects/{project}/journal")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class JournalResource {
    private final ShowJournal show;

    JournalResource(ShowJournal show) {
        this.show = show;
    }

    @GET
    public JournalView latest(
            @PathParam("project") String project,
            @QueryParam("journal") @Nullable String journal,
            @QueryParam("server") @Nullable String server,
            @QueryParam("before") @Nullable String before,
            @QueryParam("limit") @Nullable String limit) {
        return show.latest(
                project,
                Parameters.word("journal", journal, Journal.class).orElse(null),
                Parameters.matching("server", server, Names.ALLOWED, Names.RULE).orElse(null),
                Parameters.number("before", before).orElse(Long.MAX_VALUE),
                Parameters.limit(limit));
    }
}
