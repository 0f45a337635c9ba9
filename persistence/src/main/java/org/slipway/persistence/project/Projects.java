package org.slipway.persistence.project;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;

/** The projects. */
@ApplicationScoped
public class Projects implements PanacheRepository<Project> {

    /** Every project, by name. */
    public List<Project> all() {
        return list("order by name");
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
