package org.slipway.controller.problem;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which methods each path takes: the framework does not tell a refused caller, and says of some paths that they do not exist. */
public final class Routes {
    private final List<Route> routes;

    private record Route(String template, String method) {
        boolean takes(String path) {
            return path.matches(template.replaceAll("\\{\\w+}", "[^/]+"));
        }
    }

    /** The routes of these JAX-RS resources. */
    public Routes(Class<?>... resources) {
        routes = Stream.of(resources).flatMap(Routes::of).toList();
    }

    /** Every route as {@code METHOD /path/{parameter}}. */
    public List<String> all() {
        return routes.stream()
                .map(route -> route.method() + " " + route.template())
                .toList();
    }

    /** The methods that a path takes; none where there is no such path. */
    SortedSet<String> methods(String path) {
        SortedSet<String> methods = new TreeSet<>();
        routes.stream().filter(route -> route.takes(path)).forEach(route -> methods.add(route.method()));
        return methods;
    }

    private static Stream<Route> of(Class<?> resource) {
        return Stream.of(resource.getMethods()).flatMap(method -> Stream.of(method.getAnnotations())
                .flatMap(annotation ->
                        Stream.ofNullable(annotation.annotationType().getAnnotation(HttpMethod.class)))
                .map(http -> new Route(template(resource, method), http.value())));
    }

    private static String template(Class<?> resource, Method method) {
        Path below = method.getAnnotation(Path.class);
        return resource.getAnnotation(Path.class).value() + (below == null ? "" : "/" + below.value());
    }
}
