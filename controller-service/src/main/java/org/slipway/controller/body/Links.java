package org.slipway.controller.body;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Paths with parameters, for {@code next}. */
public final class Links {
    private final StringBuilder link;
    private char separator = '?';

    private Links(String path) {
        this.link = new StringBuilder(path);
    }

    public static Links to(String path) {
        return new Links(path);
    }

    /** Adds a parameter; {@code null} adds none. */
    public Links with(String name, @Nullable Object value) {
        if (value != null) {
            link.append(separator)
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8));
            separator = '&';
        }
        return this;
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
