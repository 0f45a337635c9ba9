package org.slipway.benchmarks.transfer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is copied, and from where to where.
 *
 * @param id what it is called on the command line
 * @param title what it is, for people
 * @param tree what is copied
 * @param before what the targets have before each run
 * @param way from where to where
 * @param line how targets are reached
 * @param targets how many there are
 * @param goals the most that Slipway's time divided by that of a kind of tool shall be
 */
record Workload(
        String id, String title, Tree tree, Before before, Way way, Line line, int targets, Map<Goal, Double> goals) {

    /** What is copied. */
    enum Tree {
        BIG("one incompressible file of 1 GiB"),
        SMALL("10,000 files of 1–20 KB"),
        MIXED("a mixed tree of about 280 MB"),
        TOUCHED("one byte changed in a file of 200 MB"),
        ONE("one file of 4 KB");

        final String title;

        Tree(String title) {
            this.title = title;
        }
    }

    /** What the targets have before each run. */
    enum Before {
        NOTHING,
        /** The release before: 1 % of the files are others, or one byte is. */
        EARLIER_RELEASE
    }

    /** From where to where. */
    enum Way {
        /** To targets that have a shell. */
        PUSH,
        /** To targets that have SFTP only; the others use a target with a shell. */
        PUSH_SFTP_ONLY,
        /** From development through the worker to beta, and from there to the targets where there are any. */
        WHOLE,
        /** To very many servers, eight at a time, each of which is met for the first time. */
        MANY
    }

    /** How targets are reached. */
    enum Line {
        LOOPBACK,
        /** 20 ms there and back, 200 Mbit/s each way. */
        SLOW
    }

    /** The columns of goals: whom Slipway is compared with. */
    enum Goal {
        RSYNC,
        RSYNC_SHARED,
        RSYNC_SHARED_UNVERIFIED,
        SCP_OR_SFTP,
        TAR,
        MSCP,
        ANSIBLE
    }

    private static final List<Tree> FIRST_THREE = List.of(Tree.BIG, Tree.SMALL, Tree.MIXED);
    private static final List<Tree> RELEASED_AGAIN = List.of(Tree.SMALL, Tree.MIXED, Tree.TOUCHED);
    private static final String SLOW = ", 20 ms there and back, 200 Mbit/s";
    private static final Map<Goal, Double> SLOW_GOALS = row(0.8, 1.0, 0.1, 1.0, 0.3, 0.05);

    /** Every one, in the order of the page. */
    static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        for (Tree tree : FIRST_THREE) {
            all.add(new Workload(
                    letter(tree), tree.title, tree, Before.NOTHING, Way.PUSH, Line.LOOPBACK, 1, goals(tree)));
        }
        for (Tree tree : RELEASED_AGAIN) {
            all.add(new Workload(
                    "d-" + letter(tree),
                    again(tree),
                    tree,
                    Before.EARLIER_RELEASE,
                    Way.PUSH,
                    Line.LOOPBACK,
                    1,
                    row(0.8, 1.0, 0.2, 0.3, 0.3, 0.05)));
        }
        for (Tree tree : FIRST_THREE) {
            all.add(new Workload(
                    "e-" + letter(tree),
                    tree.title + " to 8 servers at once",
                    tree,
                    Before.NOTHING,
                    Way.PUSH,
                    Line.LOOPBACK,
                    8,
                    row(0.7, 0.9, 0.15, 0.9, 0.4, 0.05)));
        }
        for (Tree tree : FIRST_THREE) {
            all.add(new Workload(
                    "f-" + letter(tree), tree.title + SLOW, tree, Before.NOTHING, Way.PUSH, Line.SLOW, 1, SLOW_GOALS));
        }
        for (Tree tree : RELEASED_AGAIN) {
            all.add(new Workload(
                    "f-d-" + letter(tree),
                    again(tree) + SLOW,
                    tree,
                    Before.EARLIER_RELEASE,
                    Way.PUSH,
                    Line.SLOW,
                    1,
                    SLOW_GOALS));
        }
        all.add(new Workload(
                "g",
                "one small file to each of 1,000 servers, 8 at a time",
                Tree.ONE,
                Before.NOTHING,
                Way.MANY,
                Line.LOOPBACK,
                1000,
                Map.of()));
        all.add(new Workload(
                "g-40",
                "one small file to each of 40 servers, 8 at a time",
                Tree.ONE,
                Before.NOTHING,
                Way.MANY,
                Line.LOOPBACK,
                40,
                Map.of()));
        sftpOnly(all);
        for (int targets : List.of(0, 8)) {
            for (Tree tree : FIRST_THREE) {
                all.add(new Workload(
                        (targets == 0 ? "w-" : "w8-") + letter(tree),
                        tree.title + " from development through the worker to beta"
                                + (targets == 0 ? "" : " and 8 business servers"),
                        tree,
                        Before.NOTHING,
                        Way.WHOLE,
                        Line.LOOPBACK,
                        targets,
                        bothRsyncs(targets == 0 ? 0.7 : 0.6)));
            }
        }
        return List.copyOf(all);
    }

    private static void sftpOnly(List<Workload> all) {
        for (Tree tree : FIRST_THREE) {
            all.add(new Workload(
                    "s-" + letter(tree),
                    tree.title + " to a host with SFTP only, others to one with a shell",
                    tree,
                    Before.NOTHING,
                    Way.PUSH_SFTP_ONLY,
                    Line.LOOPBACK,
                    1,
                    bothRsyncs(1.0)));
        }
        for (Tree tree : List.of(Tree.SMALL, Tree.MIXED, Tree.TOUCHED)) {
            all.add(new Workload(
                    "s-d-" + letter(tree),
                    again(tree) + " to a host with SFTP only, others to one with a shell",
                    tree,
                    Before.EARLIER_RELEASE,
                    Way.PUSH_SFTP_ONLY,
                    Line.LOOPBACK,
                    1,
                    bothRsyncs(1.0)));
        }
    }

    private static String letter(Tree tree) {
        return switch (tree) {
            case BIG -> "a";
            case SMALL -> "b";
            case MIXED -> "c";
            case TOUCHED -> "big";
            case ONE -> "one";
        };
    }

    private static String again(Tree tree) {
        return tree == Tree.TOUCHED ? tree.title : tree.title + ", 1 % of the files changed";
    }

    private static Map<Goal, Double> goals(Tree tree) {
        return switch (tree) {
            case BIG -> with(row(0.65, 1.2, 1.0, 1.0, 1.2, 0.5), 1.05);
            case SMALL -> with(row(0.85, 1.2, 0.15, 1.0, 0.3, 0.05), 0.75);
            case MIXED -> with(row(0.75, 1.0, 0.15, 0.95, 0.3, 0.05), 0.75);
            case TOUCHED, ONE -> Map.of();
        };
    }

    private static Map<Goal, Double> row(
            double rsync, double shared, double scp, double tar, double mscp, double ansible) {
        return Map.of(
                Goal.RSYNC, rsync,
                Goal.RSYNC_SHARED, shared,
                Goal.SCP_OR_SFTP, scp,
                Goal.TAR, tar,
                Goal.MSCP, mscp,
                Goal.ANSIBLE, ansible);
    }

    private static Map<Goal, Double> with(Map<Goal, Double> row, double unverified) {
        Map<Goal, Double> more = new EnumMap<>(row);
        more.put(Goal.RSYNC_SHARED_UNVERIFIED, unverified);
        return Map.copyOf(more);
    }

    private static Map<Goal, Double> bothRsyncs(double goal) {
        return Map.of(Goal.RSYNC, goal, Goal.RSYNC_SHARED, goal);
    }

    boolean isCalled(String name) {
        return id.equals(name) || id.startsWith(name + "-");
    }

    /** The same with another number of servers, where it is the one with very many. */
    Workload withServers(int servers) {
        return way != Way.MANY || targets <= servers
                ? this
                : new Workload(id, title, tree, before, way, line, servers, goals);
    }
}
