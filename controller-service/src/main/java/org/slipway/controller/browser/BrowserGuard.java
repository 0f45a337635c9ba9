package org.slipway.controller.browser;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.StrictObject;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;

/**
 * Keeps web pages of other origins from acting through the browser of somebody who can reach this service. Nobody is asked who they are, so
 * being able to reach it is all the right there is, and a page in that browser has it too.
 *
 * <ul>
 *   <li>A page sends a request to this service: the browser says where it comes from, and a request that changes something is refused
 *       unless that is here. What the page would read, the browser itself keeps from it.
 *   <li>A page has its own name lead to this service (DNS rebinding), so that the browser takes the two for one origin: the name still
 *       stands in {@code Host}, and is none of {@link AcceptedHosts}.
 * </ul>
 *
 * Callers that are no browsers send neither {@code Sec-Fetch-Site} nor {@code Origin}. Health, metrics and the pages of Swagger UI are
 * not behind this: they change nothing, and probes ask for them by any name.
 */
@Provider
@PreMatching
class BrowserGuard implements ContainerRequestFilter {
    private static final Set<String> CHANGE_NOTHING = Set.of("GET", "HEAD", "OPTIONS");

    private final AcceptedHosts hosts;

    BrowserGuard(AcceptedHosts hosts) {
        this.hosts = hosts;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String authority = request.getUriInfo().getRequestUri().getRawAuthority();
        if (!hosts.accept(authority)) {
            throw Problem.of(
                    ProblemType.UNKNOWN_HOST,
                    "This service was asked for as '%s'. If that is a name of it, add it to slipway.http.hosts; otherwise ask for it by one."
                            .formatted(StrictObject.shown(String.valueOf(authority))));
        }
        if (!CHANGE_NOTHING.contains(request.getMethod()) && isForeign(request, authority)) {
            throw Problem.of(
                    ProblemType.FOREIGN_ORIGIN,
                    "A web page of another origin sent this, and only pages of this service may. Send it from there, or without a browser.");
        }
    }

    /**
     * Whether a page of another origin sent it. {@code Sec-Fetch-Site} is believed where it is there: no page can set it. Browsers leave it out
     * where the connection is neither encrypted nor local. The scheme in {@code Origin} is not compared, because a proxy may have taken the
     * encryption away.
     */
    private static boolean isForeign(ContainerRequestContext request, String authority) {
        String site = request.getHeaderString("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String origin = request.getHeaderString("Origin");
        return origin != null && !authority.toLowerCase(Locale.ROOT).equals(authorityOf(origin));
    }

    /** Null for the origin {@code null}, which pages without one have. */
    private static @Nullable String authorityOf(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? null : authority.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
