package org.slipway.modelcheck.release;

import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

/** What holds in every state. What must not happen in a step is said where the step is. */
final class Invariants {

    /** What is wrong; {@code null} when nothing is. */
    static @Nullable String broken(World world) {
        int unfinished = 0;
        for (int number = 1; number <= world.releases().size(); number++) {
            Release release = world.release(number);
            unfinished += release.isUnfinished() ? 1 : 0;
            String broken = release.state() == null ? null : broken(world, number, release, release.state());
            if (broken != null) {
                return broken;
            }
        }
        if (unfinished > 1) {
            return "two releases are unfinished at once";
        }
        for (int place = 1; place <= world.servers().size(); place++) {
            String broken = broken(world, place, world.server(place));
            if (broken != null) {
                return broken;
            }
        }
        for (Target target : world.targets()) {
            if (target.files().x() == Files.TORN || target.files().y() == Files.TORN) {
                return "a damaged file is published";
            }
        }
        return null;
    }

    private static @Nullable String broken(World world, int number, Release release, ReleaseState state) {
        if (release.lease().isThere()
                && state != ReleaseState.BETA_COPYING
                && state != ReleaseState.PRODUCTION_BACKING_UP) {
            return "a release is under a lease in " + state;
        }
        return switch (state) {
            case CREATED, BETA_COPYING, BETA_COPY_FAILED, CANCELLED -> null;
            case BETA_COPIED, PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP ->
                onBeta(world, number) ? null : "beta has not what was tried there";
            case PRODUCTION_COPYING -> {
                if (!release.backup()) {
                    yield "business servers are to be copied, and there is no verified backup";
                }
                yield onBeta(world, number) ? null : "beta has not what was tried there";
            }
            case PRODUCTION_FAILED -> onBeta(world, number) ? null : "beta has not what was tried there";
            case COMPLETED -> completed(world, number);
        };
    }

    private static boolean onBeta(World world, int number) {
        return world.target(World.BETA).files().equals(Files.of(number));
    }

    /** Until a later release may touch the servers. */
    private static @Nullable String completed(World world, int number) {
        for (int later = number + 1; later <= world.releases().size(); later++) {
            if (world.release(later).backup()) {
                return null;
            }
        }
        for (int place = 1; place <= world.servers().size(); place++) {
            if (!world.target(place).files().equals(Files.of(number))) {
                return "a release is completed, and %s has it not".formatted(Names.of(place));
            }
        }
        return null;
    }

    private static @Nullable String broken(World world, int place, Server server) {
        String name = Names.of(place);
        if ((server.release() == 0) != (server.state() == ServerState.IDLE)) {
            return name + " is bound to a release and idle, or to none and not idle";
        }
        if (server.lease().isThere() != (server.state() == ServerState.LOCKED)) {
            return name + " is locked and under no lease, or under one and not locked";
        }
        for (int number = 1; number <= world.releases().size(); number++) {
            if (server.has(number)
                    && world.release(number).isUnfinished()
                    && !world.target(place).files().equals(Files.of(number))) {
                return name + " is said to have the release, and has it not any more";
            }
        }
        if (server.release() == 0) {
            return null;
        }
        Release release = world.release(server.release());
        ReleaseState state = release.state();
        boolean fits =
                switch (server.state()) {
                    case IDLE -> true;
                    case COPYING, LOCKED -> state == ReleaseState.PRODUCTION_COPYING;
                    case ERROR ->
                        state == ReleaseState.PRODUCTION_COPYING
                                || state == ReleaseState.PRODUCTION_FAILED
                                || state == ReleaseState.PRODUCTION_REQUESTED
                                || state == ReleaseState.PRODUCTION_BACKING_UP;
                };
        return fits
                ? null
                : "%s is %s for a release in %s, so nobody claims it or lets it go"
                        .formatted(name, server.state(), state);
    }

    private Invariants() {}
}
