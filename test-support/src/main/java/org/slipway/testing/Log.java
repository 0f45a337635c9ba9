package org.slipway.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slipway.embedded.Await;

/** What one class logs as a warning or an error while a test looks. */
public final class Log implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                lines.add(text(line));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private Log(Logger logger) {
        this.logger = logger;
        logger.addHandler(handler);
    }

    public static Log of(Class<?> type) {
        return new Log(Logger.getLogger(type.getName()));
    }

    /** JBoss Logging passes the words of a line and its parameters apart. */
    private static String text(LogRecord line) {
        Object[] parameters = line.getParameters();
        return parameters == null ? line.getMessage() : line.getMessage().formatted(parameters);
    }

    /** The lines so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits for a line with these words in it. */
    public void await(String words) {
        Await.until(Duration.ofSeconds(60), "a line of the log with '" + words + "'", () -> lines.stream()
                .anyMatch(line -> line.contains(words)));
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
