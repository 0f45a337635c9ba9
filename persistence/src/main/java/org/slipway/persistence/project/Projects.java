package org.slipway.persistence.project;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;

/** The projects. */
@ApplicationScoped
public class Projects implements PanacheRepository<Project> {

    /**
     * A project in a list of many.
     *
     * @param servers how many servers its inventory names
     */
    public record Sized(String name, long servers) {}

    /**
     * Projects by name, sorted by its bytes.
     *
     * @param after only those behind this name; empty for all
     */
    public List<Sized> after(String after, int limit) {
        return getEntityManager()
                .createQuery("""
                        select p.name, (select count(s) from Server s where s.project = p and s.retiredAt is null)
                        from Project p where p.name > :after order by p.name
                        """, Sized.class)
                .setParameter("after", after)
                .setMaxResults(limit)
                .getResultList();
    }

    /** The project of that name. */
    public Optional<Project> named(String name) {
        return find("name", name).firstResultOptional();
    }

    /** The project of that name, locked until the transaction ends: whoever creates a release or changes the inventory takes turns. */
    public Optional<Project> lockNamed(String name) {
        return find("name", name).withLock(LockModeType.PESSIMISTIC_WRITE).firstResultOptional();
    }

    /** Makes a project of that name unless there is one; {@code true} when it was made. Two at the same time take turns. */
    public boolean insertIfMissing(String name) {
        return getEntityManager()
                        .createNativeQuery("insert into project (name) values (:name) on conflict do nothing")
                        .setParameter("name", name)
                        .executeUpdate()
                == 1;
    }
}
