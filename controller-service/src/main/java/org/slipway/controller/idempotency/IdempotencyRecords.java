package org.slipway.controller.idempotency;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.Setting;

/** The answers that were given to requests with a key. */
@Startup(Setting.FIRST)
@ApplicationScoped
public class IdempotencyRecords {
    private final Session entities;
    private final Duration keep;

    IdempotencyRecords(Session entities, @ConfigProperty(name = "slipway.idempotency.keep") Duration keep) {
        this.entities = entities;
        this.keep = Setting.positive("slipway.idempotency.keep", keep);
    }

    /** Takes a key, once its last holder's transaction has ended; {@code false} when that one committed. */
    @Transactional(Transactional.TxType.MANDATORY)
    boolean reserve(String key, Call call) {
        return entities.createNativeMutationQuery("""
                                insert into idempotency_record (key, scope, fingerprint, status, body)
                                values (:key, :scope, :fingerprint, 0, '') on conflict do nothing
                                """)
                        .setParameter("key", key)
                        .setParameter("scope", call.scope())
                        .setParameter("fingerprint", call.fingerprint())
                        .executeUpdate()
                == 1;
    }

    /** Writes the answer to a key that was taken in the same transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    void complete(String key, Call call, Answer answer, String body) {
        entities.createNativeMutationQuery("""
                        update idempotency_record set status = :status, location = cast(:location as text), body = :body
                        where key = :key and scope = :scope
                        """)
                .setParameter("status", answer.status())
                .setParameter("location", answer.location(), String.class)
                .setParameter("body", body)
                .setParameter("key", key)
                .setParameter("scope", call.scope())
                .executeUpdate();
    }

    /** The answer that was given before. */
    @Transactional(Transactional.TxType.MANDATORY)
    Optional<Record> find(String key, Call call) {
        return entities.createNativeQuery(
                        "select fingerprint, status, location, body from idempotency_record where key = :key and scope = :scope",
                        Object[].class)
                .setParameter("key", key)
                .setParameter("scope", call.scope())
                .getResultStream()
                .map(row -> new Record((String) row[0], ((Number) row[1]).intValue(), (String) row[2], (String) row[3]))
                .findFirst();
    }

    @Transactional
    <T> T inTransaction(Supplier<T> work) {
        return work.get();
    }

    /** Removes the answers that are older than they are kept. */
    @Transactional
    void forgetOld() {
        entities.createNativeMutationQuery(
                        "delete from idempotency_record where created_at < now() - make_interval(secs => :seconds)")
                .setParameter("seconds", keep.toMillis() / 1000.0)
                .executeUpdate();
    }

    /** One answer. */
    record Record(String fingerprint, int status, @Nullable String location, String body) {}
}
