package org.slipway.controller.body;

import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Refuses query parameters that nobody reads: who asks for {@code ?sever=web-1} must not take the journal of all servers for that of one. */
@Provider
class KnownParameters implements ContainerRequestFilter {
    private final ResourceInfo resource;

    KnownParameters(@Context ResourceInfo resource) {
        this.resource = resource;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        SortedSet<String> known = known(resource.getResourceMethod());
        request.getUriInfo().getQueryParameters().forEach((name, values) -> {
            String shown = StrictObject.shown(name);
            if (!known.contains(name)) {
                throw Parameters.invalid(
                        shown,
                        known.isEmpty()
                                ? "is not known here; this path takes no parameters"
                                : "is not known here; known are " + String.join(", ", known));
            }
            if (values.size() > 1) {
                throw Parameters.invalid(shown, "may be given once");
            }
        });
    }

    private static SortedSet<String> known(Method method) {
        return Stream.of(method.getParameters())
                .flatMap(parameter -> Stream.ofNullable(parameter.getAnnotation(QueryParam.class)))
                .map(QueryParam::value)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
