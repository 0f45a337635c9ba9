package org.slipway.persistence.relay;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Says how Kafka is. A service is ready without it, because it works on without it. */
@Readiness
@ApplicationScoped
class KafkaHealth implements HealthCheck {
    private final KafkaWatch watch;

    KafkaHealth(KafkaWatch watch) {
        this.watch = watch;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder kafka = HealthCheckResponse.named("kafka").up();
        return switch (watch.view()) {
            case KafkaWatch.View.There(int brokers) ->
                kafka.withData("reachable", true).withData("brokers", brokers).build();
            case KafkaWatch.View.Away(String why) ->
                kafka.withData("reachable", false)
                        .withData("why", why)
                        .withData("awayForSeconds", watch.lasting().toSeconds())
                        .build();
            case KafkaWatch.View.Unknown() ->
                kafka.withData("why", "not asked yet").build();
        };
    }
}
