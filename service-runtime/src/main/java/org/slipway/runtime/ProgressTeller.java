package org.slipway.runtime;

import io.smallrye.reactive.messaging.kafka.Record;
import java.time.Clock;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.jboss.logging.Logger;
import org.slipway.model.Service;
import org.slipway.model.message.CopyProgressed;
import org.slipway.model.message.EventCodec;
import org.slipway.persistence.lease.LeaseKeeper;
import org.slipway.persistence.lease.WorkLoop;

/** Tells how far the copies of a service are, to whoever listens. Nobody's copy waits for that, or fails because of it. */
public final class ProgressTeller {
    private static final Logger LOG = Logger.getLogger(ProgressTeller.class);

    private final Service service;
    private final Emitter<Record<String, String>> channel;
    private final Clock clock;
    private final EventCodec codec = new EventCodec();

    /**
     * @param channel one that drops what Kafka does not take
     */
    public ProgressTeller(Service service, Emitter<Record<String, String>> channel, Clock clock) {
        this.service = service;
        this.channel = channel;
        this.clock = clock;
    }

    /** A watcher of one copy. */
    public Watcher watcher(LeaseKeeper keeper, WorkLoop loop, String project, String server, int release, int attempt) {
        return new Watcher(keeper, loop) {
            @Override
            public void progress(long filesDone, long filesToSend, long bytesDone, long bytesToSend) {
                try {
                    CopyProgressed event = new CopyProgressed(
                            project,
                            server,
                            release,
                            filesDone,
                            filesToSend - filesDone,
                            bytesDone,
                            bytesToSend - bytesDone,
                            service,
                            attempt,
                            clock.instant());
                    channel.send(Record.of(EventCodec.key(event), codec.encode(event)));
                } catch (RuntimeException e) {
                    LOG.debugf("progress of %s is not told: %s", server, e.getMessage());
                }
            }
        };
    }
}
