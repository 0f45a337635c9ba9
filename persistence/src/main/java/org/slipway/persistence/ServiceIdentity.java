package org.slipway.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slipway.model.Service;

/** Which service this process is, and which replica of it. */
@ApplicationScoped
public class ServiceIdentity {
    private final Service service;
    private final String instance;

    /**
     * @param service the wire name of the service; each service sets its own
     * @param instance the name of the replica; where none is given, the service's name and the process id
     */
    public ServiceIdentity(
            @ConfigProperty(name = "slipway.service") String service,
            @ConfigProperty(name = "slipway.instance") Optional<String> instance) {
        this.service = Service.ofWireName(service);
        this.instance =
                instance.orElseGet(() -> service + "-" + ProcessHandle.current().pid());
    }

    public Service service() {
        return service;
    }

    /** The owner of the leases that this process takes, and the actor of what it does by itself. */
    public String instance() {
        return instance;
    }
}
