package org.slipway.quickstart;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What has been started, to be ended in the opposite order, once, whether by Ctrl-C in the middle of it or at the end. */
final class Started implements AutoCloseable {

    private final Screen screen;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closed;

    Started(Screen screen) {
        this.screen = screen;
    }

    /** Remembers it; or ends it at once and gives up, when everything is being ended already. */
    <T extends AutoCloseable> T add(T part) {
        synchronized (this) {
            if (!closed) {
                parts.push(part);
                return part;
            }
        }
        end(part);
        throw new UserError("stopped while starting");
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        boolean something = false;
        for (AutoCloseable part = next(); part != null; part = next()) {
            if (!something) {
                something = true;
                screen.line("Stopping …");
            }
            end(part);
        }
        if (something) {
            screen.line("Stopped.");
        }
    }

    private synchronized @Nullable AutoCloseable next() {
        closed = true;
        return parts.poll();
    }

    private void end(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception cannot) {
            // the others are to be ended all the same
            screen.line(Screen.Colour.RED, "While stopping: " + cannot.getMessage());
        }
    }
}
