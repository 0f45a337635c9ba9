package org.slipway.benchmarks.kills;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slipway.system.Fleet;
import org.slipway.system.FleetServer;

/** One way of releasing a site to a fleet, which can be killed in the middle. */
interface Tool extends AutoCloseable {
    String title();

    /** What it is and how it is run, for the page. */
    String described();

    /** What is killed, for the page. */
    String victims();

    Site site();

    Fleet fleet();

    /** The directory whose content is released. */
    Path source();

    /** Servers that are looked at for what is left on them. */
    List<FleetServer> places();

    /** Where the site is served from, below the project directory; with a slash at its end, or empty. */
    default String prefix() {
        return "";
    }

    /** Whether a path on a server, from the directory of the server, is something that the tool keeps there on purpose. */
    boolean keeps(FleetServer server, String path);

    /** Notes what of a server's state is as it should be, each time that a release has ended or was looked at. */
    default void note() throws IOException {}

    /** Releases what the source holds, from beginning to end; how many seconds that took. */
    double release() throws Exception;

    /**
     * Begins to release what the source holds, and kills in the middle. Where the kill comes too late, returns when the release has ended.
     *
     * @param kill when, and which one where there are several
     * @param fraction of the undisturbed time that {@link #release()} took the last time
     */
    Strike strike(Kill kill, double fraction) throws Exception;

    /** Waits as long as what was killed may need to be taken over by something that lives; for how long at most says the page. */
    void awaitTakeOver() throws Exception;

    /** Does what a person does first: the same again. */
    Again again() throws Exception;

    /** Brings everything back that was killed, and ends what was left behind where the release was made. */
    void mend() throws Exception;

    @Override
    void close() throws IOException;

    /**
     * What became of a kill.
     *
     * @param hit whether it came while the copy was under way
     * @param victim what was killed
     * @param seconds after the beginning of the release
     */
    record Strike(boolean hit, String victim, double seconds) {}

    /**
     * How it went again.
     *
     * @param refusal what was said the first time; empty where it went through
     * @param help what a person had to do so that it went through after that
     * @param seconds of the time that it went through
     */
    record Again(String refusal, List<String> help, double seconds) {}
}
