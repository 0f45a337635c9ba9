package org.slipway.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slipway.model.Service;

/** Which service this process is, and which replica of it. */
@ApplicationScoped
public class ServiceIdentity {
    private final Service service;
    private final String instance;

    /**
     * @param service the wire name of the service; each service sets its own
     * @param instance the name of the replica; where none is given, one such as {@code server-worker-web7-4711-3fa9}
     */
    public ServiceIdentity(
            @ConfigProperty(name = "slipway.service") String service,
            @ConfigProperty(name = "slipway.instance") Optional<String> instance) {
        this.service = Service.ofWireName(service);
        this.instance = instance.orElseGet(() -> madeUp(service));
    }

    /** In a container every process may have the id 1, and on the network of its machine the name of that: a random part tells them apart. */
    private static String madeUp(String service) {
        return "%s-%s-%d-%04x"
                .formatted(
                        service,
                        host().split("\\.", 2)[0],
                        ProcessHandle.current().pid(),
                        ThreadLocalRandom.current().nextInt(1 << 16));
    }

    /** The name of the machine or container; asks the operating system, and maybe a name server. */
    public static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    public Service service() {
        return service;
    }

    /** The owner of the leases that this process takes, and the actor of what it does by itself. */
    public String instance() {
        return instance;
    }
}
