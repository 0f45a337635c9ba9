package org.slipway.persistence.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Who publishes the transitions now: whoever holds the leader's lock says so by the name of its session. */
@ApplicationScoped
public class RelayLeader {
    private final EntityManager entities;

    RelayLeader(EntityManager entities) {
        this.entities = entities;
    }

    /**
     * The instance that leads; empty when none does at the moment.
     *
     * @param instances those that are known: the name of a session is cut off where it is long
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Optional<String> among(Collection<String> instances) {
        return session().map(session -> instances.stream()
                .filter(instance -> Relay.session(instance).equals(session))
                .findFirst()
                .orElseGet(() -> session.substring(Math.min(session.length(), Relay.SESSION_NAME.length()))));
    }

    private Optional<String> session() {
        List<?> sessions = entities.createNativeQuery("""
                        select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
                        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                            and (cast(l.classid as bigint) << 32 | cast(l.objid as bigint)) = :lock
                            and l.database = (select oid from pg_database where datname = current_database())
                        """, String.class)
                .setParameter("lock", Relay.LEADER_LOCK)
                .getResultList();
        return sessions.stream().map(String.class::cast).findFirst();
    }
}
