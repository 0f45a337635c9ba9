package org.slipway.simulation;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's driver, with a simulated network between it and the services. */
public final class SimulatedDriver implements Driver {
    /** What a service that asks the {@link DriverManager} puts before the real URL. */
    static final String PREFIX = "jdbc:simulated:";

    static {
        try {
            DriverManager.registerDriver(new SimulatedDriver());
        } catch (SQLException cannot) {
            throw new IllegalStateException(cannot);
        }
    }

    @Override
    public @Nullable Connection connect(String url, @Nullable Properties properties) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        return Database.connect(url.startsWith(PREFIX) ? "jdbc:" + url.substring(PREFIX.length()) : url, properties);
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(PREFIX) || url.startsWith("jdbc:postgresql:");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties properties) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.slipway.simulation");
    }
}
