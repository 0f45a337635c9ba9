package org.slipway.system;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slipway.embedded.SshKeys;
import org.slipway.model.ServerRole;

/** One development, one beta and any number of business servers, the first of which is the chosen one. */
public final class Fleet implements AutoCloseable {
    private final FleetServer development;
    private final FleetServer beta;
    private final List<FleetServer> business;

    private Fleet(FleetServer development, FleetServer beta, List<FleetServer> business) {
        this.development = development;
        this.beta = beta;
        this.business = business;
    }

    /** Starts one, each server with all that is its own in a directory of its name below this one. */
    public static Fleet start(int businessServers, FleetServer.Kind kind, Path directory, SshKeys client) {
        List<FleetServer> business = new ArrayList<>();
        IntStream.rangeClosed(1, businessServers)
                .forEach(i -> business.add(new FleetServer(
                        "web-" + i, ServerRole.BUSINESS, i == 1, kind, directory.resolve("web-" + i), client)));
        return new Fleet(
                new FleetServer("dev", ServerRole.DEVELOPMENT, false, kind, directory.resolve("dev"), client),
                new FleetServer("beta", ServerRole.BETA, false, kind, directory.resolve("beta"), client),
                List.copyOf(business));
    }

    public FleetServer development() {
        return development;
    }

    public FleetServer beta() {
        return beta;
    }

    public List<FleetServer> business() {
        return business;
    }

    /** The business server of that number, from 1. */
    public FleetServer web(int number) {
        return business.get(number - 1);
    }

    /** The business server that is backed up. */
    public FleetServer chosen() {
        return business.getFirst();
    }

    public Stream<FleetServer> servers() {
        return Stream.concat(Stream.of(development, beta), business.stream());
    }

    /** Lets everybody through everywhere. */
    public void openGates() {
        servers().forEach(server -> server.tar().open());
    }

    /** What PUT of the project takes. */
    ObjectNode inventory(ObjectMapper json) {
        ObjectNode inventory = json.createObjectNode();
        ArrayNode servers = inventory.putArray("servers");
        servers().forEach(server -> server.describe(servers.addObject()));
        return inventory;
    }

    @Override
    public void close() {
        servers().forEach(FleetServer::close);
    }
}
