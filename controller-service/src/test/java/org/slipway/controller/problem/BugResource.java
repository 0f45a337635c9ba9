package org.slipway.controller.problem;

import io.smallrye.common.annotation.Blocking;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.sql.SQLException;
import org.hibernate.Session;
import org.slipway.model.ReleaseState;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.transition.TransitionLog;

/** Goes wrong in ways that the real resources do not. */
@Path("/test")
@Blocking
public class BugResource {
    private final Session entities;
    private final TransitionLog log;

    BugResource(Session entities, TransitionLog log) {
        this.entities = entities;
        this.log = log;
    }

    @GET
    @Path("bug")
    public String bug() {
        throw new IllegalStateException("secret");
    }

    @GET
    @Path("bug/{name}")
    public String bugOf(@PathParam("name") String name) {
        throw new IllegalStateException("secret of " + name.length() + " characters");
    }

    @GET
    @Path("refused")
    public String refused() {
        throw new BadRequestException();
    }

    @GET
    @Path("locked/{state}")
    public String locked(@PathParam("state") String state) {
        throw new IllegalStateException(new SQLException("too long", state));
    }

    /** Moves a release that has moved since it was read. */
    @GET
    @Path("stale")
    @Transactional
    public String stale() {
        entities.createNativeMutationQuery("insert into project (name) values ('stale') on conflict do nothing")
                .executeUpdate();
        Release release = new Release(
                entities.createQuery(
                                "from Project p where p.name = 'stale'", org.slipway.persistence.project.Project.class)
                        .getSingleResult(),
                1,
                java.time.LocalDate.EPOCH,
                "a test",
                "");
        log.begin(release, "a test", "begins");
        entities.createNativeMutationQuery("update release set version = version + 1 where id = :id")
                .setParameter("id", release.id())
                .executeUpdate();
        log.move(release, ReleaseState.BETA_COPYING, "a test", "too late");
        return "moved";
    }
}
