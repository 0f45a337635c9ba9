package org.slipway.deploy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields that Kubernetes would not know. The model's classes keep what they have no field for in their additional
 * properties, at every depth.
 */
final class UnknownFields {

    private final List<String> found = new ArrayList<>();

    private UnknownFields() {}

    /** The paths of all fields that are not known, from this name on. */
    static List<String> in(String name, Object object) {
        UnknownFields fields = new UnknownFields();
        fields.walk(name, object);
        return fields.found;
    }

    private void walk(String path, @Nullable Object value) {
        switch (value) {
            case null -> {}
            case Collection<?> items -> {
                int i = 0;
                for (Object item : items) {
                    walk(path + "[" + i++ + "]", item);
                }
            }
            case Map<?, ?> map -> map.forEach((key, item) -> walk(path + "." + key, item));
            case Object object
            when object.getClass().getName().startsWith("io.fabric8.kubernetes.api.model.") -> walkModel(path, object);
            case Object _ -> {}
        }
    }

    private void walkModel(String path, Object model) {
        for (Method getter : model.getClass().getMethods()) {
            String name = getter.getName();
            if (!name.startsWith("get")
                    || getter.getParameterCount() > 0
                    || getter.getDeclaringClass() == Object.class) {
                continue;
            }
            Object value = call(getter, model);
            if (!name.equals("getAdditionalProperties")) {
                walk(path + "." + Character.toLowerCase(name.charAt(3)) + name.substring(4), value);
            } else if (value instanceof Map<?, ?> unknown) {
                unknown.keySet().forEach(key -> found.add(path + "." + key));
            }
        }
    }

    private static @Nullable Object call(Method getter, Object model) {
        try {
            return getter.invoke(model);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("cannot read " + getter, e);
        }
    }
}
