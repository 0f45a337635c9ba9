package org.slipway.system;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Lifecycle;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ServerLifecycle;
import org.slipway.model.Service;
import org.slipway.model.message.Event;
import org.slipway.model.message.StateRebuilder;
import org.slipway.system.History.Disturbance;
import org.slipway.system.History.FenceSeen;
import org.slipway.system.History.FileSeen;
import org.slipway.system.History.LeaseChange;
import org.slipway.system.History.Move;
import org.slipway.system.History.PublicationSeen;
import org.slipway.system.History.ReleaseRow;
import org.slipway.system.History.RolloutRow;
import org.slipway.system.History.Sample;
import org.slipway.system.History.ServerRow;
import org.slipway.system.History.Timing;

/** Knows what must hold of a project whatever happened to it, and says what does not. */
public final class Checker {
    /** File systems stamp files with a clock that ticks a few times in a hundredth of a second. */
    private static final Duration TICK = Duration.ofMillis(50);

    /** Between what a transaction looked at and what it wrote. */
    private static final Duration WITHIN_A_TRANSACTION = Duration.ofSeconds(1);

    private static final Set<String> FINISHED = Set.of("COMPLETED", "CANCELLED");

    private final Evidence evidence;
    private final History history;
    private final List<String> wrong = new ArrayList<>();

    private Checker(Evidence evidence) {
        this.evidence = evidence;
        this.history = evidence.history();
    }

    /** What is wrong, a line each that begins with the number and the name of the {@link Invariant}; nothing when all is well. */
    public static List<String> violations(Evidence evidence) {
        Checker checker = new Checker(evidence);
        checker.oneUnfinishedRelease();
        checker.legalMoves();
        checker.publishedInOrder();
        checker.topicsTellTheTruth();
        checker.oneWriter();
        checker.noLeaseNoReport();
        checker.backupFirst();
        checker.oldOrNew();
        checker.onlyWhatIsMissing();
        checker.answeredIsKept();
        checker.takenUpInTime();
        checker.cancelIsFinal();
        checker.nobodyWaitsInVain();
        checker.nobodyWaitsForAnother();
        evidence.journalGaps().forEach(gap -> checker.say(Invariant.FAILURES_ARE_EXPLAINED, gap));
        return checker.wrong;
    }

    /** Which invariants this evidence can show to be broken: where nobody looked, nothing was checked. */
    public static Set<Invariant> checkable(Evidence evidence) {
        History history = evidence.history();
        Set<Invariant> checkable = EnumSet.allOf(Invariant.class);
        Map<Invariant, Boolean> needs = Map.of(
                Invariant.ONE_WRITER, !history.fences().isEmpty(),
                Invariant.NO_LEASE_NO_REPORT, !history.leases().isEmpty(),
                Invariant.OLD_OR_NEW, !history.files().isEmpty(),
                Invariant.ANSWERED_IS_KEPT, !history.calls().isEmpty(),
                Invariant.TAKEN_UP_IN_TIME,
                        history.timing() != null && !history.leases().isEmpty(),
                Invariant.NOBODY_WAITS_IN_VAIN, !history.samples().isEmpty(),
                Invariant.NOBODY_WAITS_FOR_ANOTHER, history.timing() != null);
        checkable.removeIf(invariant -> !needs.getOrDefault(invariant, true));
        return checkable;
    }

    private void say(Invariant invariant, String what) {
        wrong.add(invariant + ": " + what);
    }

    // 1

    private void oneUnfinishedRelease() {
        Set<Integer> unfinished = new TreeSet<>();
        for (Move move : history.log()) {
            if (move.ofServer()) {
                continue;
            }
            if (FINISHED.contains(move.to())) {
                unfinished.remove(move.release());
            } else {
                unfinished.add(move.release());
            }
            if (unfinished.size() > 1) {
                say(
                        Invariant.ONE_UNFINISHED_RELEASE,
                        "releases " + unfinished + " are unfinished at transition " + move.id());
            }
        }
    }

    // 2

    private void legalMoves() {
        Map<String, Move> last = new HashMap<>();
        for (Move move : history.log()) {
            String life = move.kind() + "/" + move.aggregate();
            Move before = last.put(life, move);
            long expected = before == null ? 1 : before.sequence() + 1;
            if (move.sequence() != expected) {
                say(
                        Invariant.LEGAL_MOVES,
                        "%s has number %d, and %d is next".formatted(shown(move), move.sequence(), expected));
            }
            if (!move.from().equals(before == null ? "" : before.to())) {
                say(
                        Invariant.LEGAL_MOVES,
                        "%s, and the one before led to %s".formatted(shown(move), before == null ? "" : before.to()));
            }
            if (!(move.ofServer() ? legal(ServerLifecycle.TABLE, move) : legal(ReleaseLifecycle.TABLE, move))) {
                say(Invariant.LEGAL_MOVES, shown(move) + " by " + move.service() + " is not in the table");
            }
        }
        history.releases()
                .forEach(row ->
                        endsAs("release/" + row.id(), last, row.state(), row.sequence(), "release " + row.number()));
        history.servers().stream()
                .filter(row -> !row.state().isEmpty())
                .forEach(row -> endsAs("server/" + row.id(), last, row.state(), row.sequence(), row.name()));
    }

    private void endsAs(String life, Map<String, Move> last, String state, long sequence, String name) {
        Move end = last.get(life);
        if (end == null || !end.to().equals(state) || end.sequence() != sequence) {
            say(
                    Invariant.LEGAL_MOVES,
                    "%s is in %s with number %d, and the log ends with %s"
                            .formatted(name, state, sequence, end == null ? "nothing" : shown(end)));
        }
    }

    private static <S extends Enum<S>> boolean legal(Lifecycle<S> table, Move move) {
        return table.moves().stream()
                .anyMatch(legal -> name(legal.from()).equals(move.from())
                        && legal.to().name().equals(move.to())
                        && wireName(legal.owner()).equals(move.service()));
    }

    private static String name(@Nullable Enum<?> state) {
        return state == null ? "" : state.name();
    }

    private static String wireName(Service service) {
        return service.wireName();
    }

    private static String shown(Move move) {
        return "%s %s from %s to %s".formatted(move.kind(), move.name(), move.from(), move.to());
    }

    // 3

    private void publishedInOrder() {
        Set<String> told = new HashSet<>(evidence.eventIds());
        for (String recorded : evidence.databaseLog()) {
            if (!told.remove(recorded)) {
                say(Invariant.PUBLISHED_IN_ORDER, "transition " + recorded + " never came to Kafka");
            }
        }
        told.forEach(id -> say(Invariant.PUBLISHED_IN_ORDER, "Kafka tells of " + id + ", which never was"));
        evidence.unpublished()
                .forEach(id -> say(Invariant.PUBLISHED_IN_ORDER, "transition " + id + " is not marked as published"));
        inOrder(
                evidence.eventIds().stream()
                        .filter(id -> id.startsWith("release/"))
                        .toList(),
                "the project");
        Map<String, List<String>> ofServers = new TreeMap<>();
        evidence.eventIds().stream().filter(id -> id.startsWith("server/")).forEach(id -> ofServers
                .computeIfAbsent(id.substring(0, id.lastIndexOf('/')), key -> new ArrayList<>())
                .add(id));
        ofServers.forEach((key, ids) -> inOrder(ids, key));
    }

    /** The first time that each is told is in the order of the log. */
    private void inOrder(List<String> ids, String key) {
        List<String> log = evidence.databaseLog();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < log.size(); i++) {
            places.put(log.get(i), i);
        }
        Set<String> seen = new HashSet<>();
        int highest = -1;
        for (String id : ids) {
            Integer place = places.get(id);
            if (!seen.add(id) || place == null) {
                continue;
            }
            if (place < highest) {
                say(
                        Invariant.PUBLISHED_IN_ORDER,
                        "%s is told of behind %s, key %s".formatted(id, log.get(highest), key));
            }
            highest = Math.max(highest, place);
        }
    }

    // 4

    private void topicsTellTheTruth() {
        StateRebuilder rebuilder = new StateRebuilder();
        for (Event event : evidence.events()) {
            rebuilder.accept(event);
        }
        rebuilder
                .gaps()
                .forEach(gap -> say(Invariant.TOPICS_TELL_THE_TRUTH, "the topics do not tell the whole story: " + gap));
        compare("Kafka", rebuilder.releases(), evidence.databaseReleases());
        compare("Kafka", rebuilder.servers(), evidence.databaseServers());
        compare("the REST interface", evidence.restReleases(), evidence.databaseReleases());
        compare("the REST interface", evidence.restServers(), evidence.databaseServers());
    }

    private <S> void compare(String one, Map<String, S> found, Map<String, S> expected) {
        Set<String> names = new TreeSet<>(found.keySet());
        names.addAll(expected.keySet());
        for (String name : names) {
            S is = found.get(name);
            S was = expected.get(name);
            if (is == null || !is.equals(was)) {
                say(
                        Invariant.TOPICS_TELL_THE_TRUTH,
                        "%s has %s in %s, the database in %s".formatted(one, name, shown(is), shown(was)));
            }
        }
    }

    private static String shown(@Nullable Object state) {
        return state == null ? "no state" : state.toString();
    }

    // 5

    private void oneWriter() {
        Map<String, FenceSeen> last = new HashMap<>();
        for (FenceSeen fence : history.fences()) {
            FenceSeen before = last.get(fence.server());
            if (before != null && fence.epoch() < before.epoch()) {
                say(
                        Invariant.ONE_WRITER,
                        "the fence of %s fell from %d to %d".formatted(fence.server(), before.epoch(), fence.epoch()));
            }
            last.put(fence.server(), fence);
        }
        long highest = Stream.of(
                        history.servers().stream().map(ServerRow::leaseEpoch),
                        history.releases().stream().map(ReleaseRow::leaseEpoch),
                        history.leases().stream().map(LeaseChange::epoch))
                .flatMap(epochs -> epochs)
                .mapToLong(epoch -> epoch)
                .max()
                .orElse(0);
        for (ServerRow server : history.servers()) {
            FenceSeen fence = last.get(server.name());
            if (fence == null) {
                continue;
            }
            if (fence.epoch() > highest && server.leaseEpoch() > 0) {
                say(
                        Invariant.ONE_WRITER,
                        "the fence of %s is %d, which nobody was given".formatted(server.name(), fence.epoch()));
            }
            // The last holder reported that the server has the release: then he was there.
            if (lastMoveOf(server).filter(Checker::hasIt).isPresent()
                    && (fence.epoch() < server.leaseEpoch()
                            || (!server.chosen() && fence.epoch() != server.leaseEpoch()))) {
                say(
                        Invariant.ONE_WRITER,
                        "the fence of %s is %d, its last holder had %d"
                                .formatted(server.name(), fence.epoch(), server.leaseEpoch()));
            }
        }
        for (PublicationSeen publication : history.publications()) {
            history.fences().stream()
                    .filter(fence -> fence.server().equals(publication.server())
                            && fence.epoch() > publication.epoch()
                            && fence.raised().plus(TICK).isBefore(publication.at()))
                    .findFirst()
                    .ifPresent(fence -> say(
                            Invariant.ONE_WRITER,
                            "epoch %d published on %s at %s, and epoch %d was there since %s"
                                    .formatted(
                                            publication.epoch(),
                                            publication.server(),
                                            publication.at(),
                                            fence.epoch(),
                                            fence.raised())));
        }
    }

    private Optional<Move> lastMoveOf(ServerRow server) {
        return history.log().stream()
                .filter(move -> move.ofServer() && move.aggregate() == server.id())
                .reduce((first, second) -> second);
    }

    private static boolean hasIt(Move move) {
        return move.from().equals("LOCKED")
                && move.to().equals("IDLE")
                && move.reason().startsWith("has release");
    }

    // 6

    private void noLeaseNoReport() {
        for (LeaseChange change : history.leases()) {
            Instant until = change.oldUntil();
            if (change.oldOwner() == null || until == null) {
                continue;
            }
            if (change.owner() != null) {
                if (!change.owner().equals(change.oldOwner()) && change.at().isBefore(until)) {
                    say(
                            Invariant.NO_LEASE_NO_REPORT,
                            "%s took %s %d at %s, and %s held it until %s"
                                    .formatted(
                                            change.owner(),
                                            change.kind(),
                                            change.aggregate(),
                                            change.at(),
                                            change.oldOwner(),
                                            until));
                }
                continue;
            }
            if (change.sequence() == change.oldSequence()) {
                continue;
            }
            moveOf(change).ifPresent(move -> {
                if (move.reason().endsWith("ran out")) {
                    if (change.at().isBefore(until)) {
                        say(
                                Invariant.NO_LEASE_NO_REPORT,
                                "%s at %s, and the lease of %s lasted until %s"
                                        .formatted(shown(move), change.at(), change.oldOwner(), until));
                    }
                } else if (!move.to().equals("CANCELLED")
                        && (!move.actor().equals(change.oldOwner())
                                || change.at().isAfter(until.plus(WITHIN_A_TRANSACTION)))) {
                    say(
                            Invariant.NO_LEASE_NO_REPORT,
                            "%s by %s at %s, and %s held it until %s"
                                    .formatted(shown(move), move.actor(), change.at(), change.oldOwner(), until));
                }
            });
        }
    }

    private Optional<Move> moveOf(LeaseChange change) {
        return history.log().stream()
                .filter(move -> move.kind().equals(change.kind())
                        && move.aggregate() == change.aggregate()
                        && move.sequence() == change.sequence())
                .findFirst();
    }

    // 7

    private void backupFirst() {
        for (Move copying : history.log()) {
            if (!copying.to().equals("PRODUCTION_COPYING")) {
                continue;
            }
            if (history.backups().stream()
                    .noneMatch(backup -> backup.release() == copying.release()
                            && !backup.verifiedAt().isAfter(copying.at()))) {
                say(
                        Invariant.BACKUP_FIRST,
                        "release %d is copied since %s without a verified backup"
                                .formatted(copying.release(), copying.at()));
            }
        }
        for (Move locked : history.log()) {
            if (locked.ofServer()
                    && locked.to().equals("LOCKED")
                    && history.log().stream()
                            .noneMatch(move -> !move.ofServer()
                                    && move.release() == locked.release()
                                    && move.to().equals("PRODUCTION_COPYING")
                                    && move.id() < locked.id())) {
                say(
                        Invariant.BACKUP_FIRST,
                        "%s is copied for release %d before its backup".formatted(locked.name(), locked.release()));
            }
        }
        for (FileSeen file : history.files()) {
            if (!isBusiness(file.server())) {
                continue;
            }
            newlyOf(file)
                    .filter(release -> !backedUpBefore(release, file.changed().plus(TICK)))
                    .ifPresent(release -> say(
                            Invariant.BACKUP_FIRST,
                            "%s of %s is of release %d since %s, before its backup was verified"
                                    .formatted(file.path(), file.server(), release, file.changed())));
        }
    }

    private boolean backedUpBefore(int release, Instant time) {
        return history.backups().stream()
                .anyMatch(backup ->
                        backup.release() == release && !backup.verifiedAt().isAfter(time));
    }

    /** The release that first had this content; empty for content that was there before the first, or that nobody knows. */
    private Optional<Integer> newlyOf(FileSeen file) {
        for (int i = 0; i < history.states().size(); i++) {
            if (file.hash().equals(history.states().get(i).get(file.path()))) {
                return i == 0 ? Optional.empty() : Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private boolean isBusiness(String server) {
        return history.servers().stream()
                .anyMatch(row -> row.name().equals(server) && row.role().equals("BUSINESS"));
    }

    // 8

    private void oldOrNew() {
        Map<String, FileSeen> last = new TreeMap<>();
        for (FileSeen file : history.files()) {
            FileSeen before = last.put(file.server() + "/" + file.path(), file);
            if (file.hash().equals(History.ABSENT)) {
                if (before != null && !before.hash().equals(History.ABSENT)) {
                    say(
                            Invariant.OLD_OR_NEW,
                            "%s of %s was away at %s".formatted(file.path(), file.server(), file.seen()));
                }
            } else if (history.states().stream().noneMatch(state -> file.hash().equals(state.get(file.path())))) {
                say(
                        Invariant.OLD_OR_NEW,
                        "%s of %s was neither old nor new at %s".formatted(file.path(), file.server(), file.seen()));
            }
        }
        for (ServerRow server : history.servers()) {
            Map<String, String> found = new TreeMap<>();
            last.values().stream()
                    .filter(file -> file.server().equals(server.name()))
                    .forEach(file -> found.put(file.path(), file.hash()));
            if (server.role().equals("BUSINESS")
                    && !found.isEmpty()
                    && history.states().stream()
                            .noneMatch(state -> found.entrySet().stream().allMatch(file -> file.getValue()
                                    .equals(state.getOrDefault(file.getKey(), History.ABSENT))))) {
                say(Invariant.OLD_OR_NEW, server.name() + " stays between two releases: " + ofWhichReleases(found));
            }
        }
        evidence.treeDifferences().forEach(difference -> say(Invariant.OLD_OR_NEW, difference));
    }

    private String ofWhichReleases(Map<String, String> found) {
        Map<String, List<Integer>> releases = new TreeMap<>();
        found.forEach((path, hash) -> {
            List<Integer> has = new ArrayList<>();
            for (int i = 0; i < history.states().size(); i++) {
                if (hash.equals(history.states().get(i).get(path))) {
                    has.add(i);
                }
            }
            releases.put(path, has);
        });
        return releases.toString();
    }

    // 9

    private void onlyWhatIsMissing() {
        Set<String> done = new HashSet<>();
        for (Move move : history.log()) {
            if (!move.ofServer()) {
                continue;
            }
            String rollout = move.aggregate() + "/" + move.release();
            if (hasIt(move)) {
                done.add(rollout);
            } else if (move.to().equals("LOCKED") && done.contains(rollout)) {
                say(
                        Invariant.ONLY_WHAT_IS_MISSING,
                        "%s is copied again for release %d, which it has".formatted(move.name(), move.release()));
            }
        }
        for (RolloutRow rollout : history.rollouts()) {
            if (rollout.outcome().equals("DONE") && rollout.filesSent() + rollout.filesUnchanged() != rollout.files()) {
                say(
                        Invariant.ONLY_WHAT_IS_MISSING,
                        "release %d on %s: %d files sent, %d unchanged, of %d"
                                .formatted(
                                        rollout.release(),
                                        rollout.server(),
                                        rollout.filesSent(),
                                        rollout.filesUnchanged(),
                                        rollout.files()));
            }
        }
        Map<String, FileSeen> last = new HashMap<>();
        for (FileSeen file : history.files()) {
            FileSeen before = last.put(file.server() + "/" + file.path(), file);
            if (before != null
                    && !file.hash().equals(History.ABSENT)
                    && before.hash().equals(file.hash())
                    && before.inode() != file.inode()) {
                say(
                        Invariant.ONLY_WHAT_IS_MISSING,
                        "%s of %s was sent again at %s".formatted(file.path(), file.server(), file.changed()));
            }
        }
    }

    // 10

    private void answeredIsKept() {
        for (Call call : history.calls()) {
            if (call.status() < 200 || call.status() > 299) {
                continue;
            }
            String[] path = call.path().split("[/?]", -1);
            if (path.length < 2 || !path[1].equals("releases")) {
                continue;
            }
            if (call.method().equals("POST")) {
                switch (path.length > 3 ? path[3] : "") {
                    case "" ->
                        kept(call, call.body().path("number").asInt(), move -> move.from()
                                .isEmpty());
                    case "start" -> kept(call, number(path), move -> move.from().equals("CREATED"));
                    case "promote" ->
                        kept(call, number(path), move -> move.from().equals("BETA_COPIED"));
                    case "retry" ->
                        kept(
                                call,
                                number(path),
                                move -> move.from().equals("BETA_COPY_FAILED")
                                        || move.from().equals("PRODUCTION_FAILED"));
                    case "cancel" -> {
                        if (history.releases().stream()
                                .noneMatch(release -> release.number() == number(path)
                                        && (release.cancelRequested()
                                                || release.state().equals("CANCELLED")))) {
                            say(Invariant.ANSWERED_IS_KEPT, "nobody knows that a cancel was taken: " + shown(call));
                        }
                    }
                    default -> {}
                }
            } else if (path.length == 3
                    && call.method().equals("GET")
                    && call.body().has("state")) {
                String state = call.body().get("state").asText();
                if (history.log().stream()
                        .noneMatch(move -> !move.ofServer()
                                && move.release() == number(path)
                                && move.to().equals(state)
                                && !move.at().isAfter(call.answered().plus(WITHIN_A_TRANSACTION)))) {
                    say(Invariant.ANSWERED_IS_KEPT, "nobody knows of the state that was told: " + shown(call));
                }
            }
        }
    }

    /** An answer may be that of an earlier call with the same key: so the move was before it, whenever that was. */
    private void kept(Call call, int release, Predicate<Move> wanted) {
        if (history.log().stream()
                .noneMatch(move -> !move.ofServer()
                        && move.release() == release
                        && wanted.test(move)
                        && !move.at().isAfter(call.answered().plus(WITHIN_A_TRANSACTION)))) {
            say(Invariant.ANSWERED_IS_KEPT, "nobody knows of what was answered: " + shown(call));
        }
    }

    private static int number(String[] path) {
        return Integer.parseInt(path[2]);
    }

    private static String shown(Call call) {
        return "%s %s, answered %d at %s %s"
                .formatted(call.method(), call.path(), call.status(), call.answered(), call.body());
    }

    // 11

    private void takenUpInTime() {
        Timing timing = history.timing();
        if (timing == null) {
            return;
        }
        takeovers(history).forEach(taken -> {
            Instant began = undisturbed(taken.ranOut(), taken.at(), null);
            Duration took = Duration.between(began, taken.at());
            if (took.compareTo(timing.scan().plus(timing.slack())) > 0) {
                say(
                        Invariant.TAKEN_UP_IN_TIME,
                        "the lease of %s on %s ran out at %s, and it was taken up %d ms after it could be"
                                .formatted(taken.owner(), taken.what(), taken.ranOut(), took.toMillis()));
            }
        });
        for (ServerRow server : history.servers()) {
            Instant until = server.leaseUntil();
            boolean over = history.log().stream()
                    .anyMatch(move -> until != null && move.at().isAfter(until));
            if (server.state().equals("LOCKED") && over) {
                say(Invariant.TAKEN_UP_IN_TIME, "%s is locked by nobody since %s".formatted(server.name(), until));
            }
        }
    }

    /** A lease ran out and another one took the work up. */
    public record Takeover(String what, String owner, Instant ranOut, Instant at) {}

    /** All of them, with their times. */
    public static List<Takeover> takeovers(History history) {
        List<Takeover> takeovers = new ArrayList<>();
        for (LeaseChange change : history.leases()) {
            Instant until = change.oldUntil();
            String owner = change.oldOwner();
            boolean takenAnew = change.owner() != null
                    && change.epoch() > 0
                    && !change.owner().equals(owner);
            boolean letGo = change.owner() == null;
            if (owner != null
                    && until != null
                    && (takenAnew || letGo)
                    && change.at().isAfter(until)) {
                takeovers.add(new Takeover(change.kind() + " " + change.aggregate(), owner, until, change.at()));
            }
        }
        return takeovers;
    }

    /** From when on, between these times, nothing was done to what this is about. */
    private Instant undisturbed(Instant from, Instant until, @Nullable String server) {
        Instant began = from;
        for (Disturbance disturbance : history.disturbances().stream()
                .sorted(Comparator.comparing(Disturbance::from))
                .toList()) {
            boolean concerns = server == null
                    || disturbance.server() == null
                    || disturbance.server().equals(server);
            if (concerns
                    && disturbance.from().isBefore(until)
                    && disturbance.until().isAfter(began)) {
                began = disturbance.until();
            }
        }
        return began.isAfter(until) ? until : began;
    }

    // 12

    private void cancelIsFinal() {
        for (Move cancelled : history.log()) {
            if (!cancelled.to().equals("CANCELLED")) {
                continue;
            }
            history.log().stream()
                    .filter(move -> move.release() == cancelled.release() && move.id() > cancelled.id())
                    .forEach(move -> say(
                            Invariant.CANCEL_IS_FINAL,
                            "%s after release %d was cancelled".formatted(shown(move), cancelled.release())));
            history.files().stream()
                    .filter(file -> newlyOf(file).equals(Optional.of(cancelled.release()))
                            && file.changed().isAfter(cancelled.at().plus(TICK)))
                    .forEach(file -> say(
                            Invariant.CANCEL_IS_FINAL,
                            "%s of %s is of release %d since %s, which was cancelled at %s"
                                    .formatted(
                                            file.path(),
                                            file.server(),
                                            cancelled.release(),
                                            file.changed(),
                                            cancelled.at())));
        }
    }

    // 13

    private void nobodyWaitsInVain() {
        for (Sample sample : history.samples()) {
            boolean well =
                    switch (sample.state()) {
                        case "COPYING" -> sample.releaseState().equals("PRODUCTION_COPYING");
                        case "LOCKED" -> sample.leased();
                        // One that failed is waited for by its release, and is taken up again behind a retry's backup.
                        case "ERROR" -> sample.releaseState().startsWith("PRODUCTION_");
                        default -> true;
                    };
            if (!well && !sample.nextTry()) {
                say(
                        Invariant.NOBODY_WAITS_IN_VAIN,
                        "%s was in %s at %s, its release in %s, and nobody could take it"
                                .formatted(sample.server(), sample.state(), sample.at(), sample.releaseState()));
            }
        }
        for (ServerRow server : history.servers()) {
            if ((server.state().equals("COPYING") || server.state().equals("LOCKED"))
                    && history.releases().stream()
                            .anyMatch(release -> release.number() == server.release()
                                    && !release.state().equals("PRODUCTION_COPYING"))) {
                say(
                        Invariant.NOBODY_WAITS_IN_VAIN,
                        "%s is left in %s by release %d, which has ended"
                                .formatted(server.name(), server.state(), server.release()));
            }
        }
    }

    // 14

    private void nobodyWaitsForAnother() {
        Timing timing = history.timing();
        if (timing == null) {
            return;
        }
        Map<Long, Move> last = new HashMap<>();
        for (Move move : history.log()) {
            if (!move.ofServer()) {
                continue;
            }
            Move before = last.put(move.aggregate(), move);
            if (before == null || !(before.to().equals("COPYING") || before.to().equals("LOCKED"))) {
                continue;
            }
            // One that was given back, or failed in a way that may pass, rests before its next try.
            if (before.from().equals("LOCKED") && !before.reason().endsWith("ran out")) {
                continue;
            }
            if (history.disturbances().stream()
                    .anyMatch(disturbance -> (disturbance.server() == null
                                    || disturbance.server().equals(move.name()))
                            && disturbance.from().isBefore(move.at())
                            && disturbance.until().plus(timing.lease()).isAfter(before.at()))) {
                continue;
            }
            Duration took = Duration.between(before.at(), move.at());
            if (took.compareTo(timing.scan().plus(timing.slack())) > 0) {
                say(
                        Invariant.NOBODY_WAITS_FOR_ANOTHER,
                        "%s was in %s for %d ms, and nothing was done to it"
                                .formatted(move.name(), before.to(), took.toMillis()));
            }
        }
    }
}
