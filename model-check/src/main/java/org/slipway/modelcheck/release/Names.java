package org.slipway.modelcheck.release;

/** What things are called in a trace. */
final class Names {
    private static final String[] PLACES = {"beta", "web-1", "web-2", "web-3"};
    private static final String[][][] WORKS = new String[Work.Task.values().length][PLACES.length][Lease.NOBODYS + 1];

    static {
        for (Work.Task task : Work.Task.values()) {
            for (int place = 0; place < PLACES.length; place++) {
                for (int epoch = 0; epoch <= Lease.NOBODYS; epoch++) {
                    String service =
                            switch (task) {
                                case COPY -> place == World.BETA ? "beta-worker" : "server-worker";
                                case BACKUP -> "prod-coordinator";
                                case FENCE -> "fencing off";
                            };
                    WORKS[task.ordinal()][place][epoch] = "%s on %s, epoch %d".formatted(service, PLACES[place], epoch);
                }
            }
        }
    }

    static String of(Work work) {
        return WORKS[work.task().ordinal()][work.place()][work.epoch()];
    }

    static String of(int place) {
        return PLACES[place];
    }

    private Names() {}
}
