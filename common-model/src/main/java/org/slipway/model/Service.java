package org.slipway.model;

/** A service of Slipway, by the name that transitions, logs and the database know it by. */
public enum Service {
    CONTROLLER("controller-service"),
    BETA_WORKER("beta-worker"),
    PROD_COORDINATOR("prod-coordinator"),
    SERVER_WORKER("server-worker");

    private final String wireName;

    Service(String wireName) {
        this.wireName = wireName;
    }

    /** The name used in the database and in messages, such as {@code beta-worker}. */
    public String wireName() {
        return wireName;
    }

    /**
     * The service of that wire name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Service ofWireName(String wireName) {
        for (Service service : values()) {
            if (service.wireName.equals(wireName)) {
                return service;
            }
        }
        throw new IllegalArgumentException("no service is named '" + wireName + "'");
    }
}
