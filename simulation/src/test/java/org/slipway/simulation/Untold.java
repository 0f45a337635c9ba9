package org.slipway.simulation;

import io.smallrye.reactive.messaging.kafka.Record;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Progress that nobody listens to. */
final class Untold implements Emitter<Record<String, String>> {
    @Override
    public CompletionStage<Void> send(Record<String, String> record) {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public <M extends Message<? extends Record<String, String>>> void send(M message) {}

    @Override
    public void complete() {}

    @Override
    public void error(Exception e) {}

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public boolean hasRequests() {
        return true;
    }
}
