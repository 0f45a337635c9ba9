package org.slipway.model;

import java.util.regex.Pattern;

/** What projects and servers may be called: their names stand in URLs, Kafka keys and logs. */
public final class Names {
    public static final Pattern ALLOWED = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

    /** What {@link #ALLOWED} asks for, in words that follow the name of a field. */
    public static final String RULE =
            "must have 1 to 63 lower-case letters, digits, '.', '_' or '-', and begin and end with a letter or digit";

    private Names() {}
}
