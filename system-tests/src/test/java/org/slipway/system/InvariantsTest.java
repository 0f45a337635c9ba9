package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.model.message.Event;
import org.slipway.model.message.ReleaseTransitioned;
import org.slipway.model.message.ServerTransitioned;
import org.slipway.system.History.BackupRow;
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

/** A history that breaks an invariant is found, by that invariant. */
class InvariantsTest {
    @Test
    void findsNothingInAHistoryInWhichAllIsWell() {
        assertThat(Checker.violations(evidence(Histories.good()))).isEmpty();
    }

    @Test
    void canCheckEverythingWhereEverythingWasLookedAt() {
        Histories good = Histories.good();
        good.calls.add(call("GET", "p", 200, JsonNodeFactory.instance.objectNode(), 1));

        assertThat(Checker.checkable(evidence(good))).isEqualTo(EnumSet.allOf(Invariant.class));
        assertThat(Checker.checkable(evidence(Histories.NOTHING, List.of(), List.of())))
                .doesNotContain(Invariant.OLD_OR_NEW, Invariant.TAKEN_UP_IN_TIME);
    }

    @Test
    void numbersNeverChange() {
        assertThat(EnumSet.allOf(Invariant.class).stream().map(Invariant::number))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }

    @Test
    void twoUnfinishedReleases() {
        broken(Invariant.ONE_UNFINISHED_RELEASE, good -> {
            Move end = good.log.removeLast();
            good.release(2, "", "CREATED", "controller-service", "ada", 10.2);
            good.releases.add(new ReleaseRow(2, 2, "CREATED", 1, false, 0));
            good.log.add(new Move(
                    14,
                    end.kind(),
                    1,
                    "1",
                    1,
                    7,
                    end.from(),
                    end.to(),
                    end.service(),
                    end.actor(),
                    "",
                    end.at(),
                    true));
        });
    }

    @Test
    void aMoveThatTheTableDoesNotKnow() {
        broken(
                Invariant.LEGAL_MOVES,
                good -> Histories.change(
                        good.log, move -> move.to().equals("BETA_COPIED"), move -> moved(move, "server-worker")));
    }

    @Test
    void aGapInALife() {
        broken(
                Invariant.LEGAL_MOVES,
                good -> good.log.removeIf(move -> move.to().equals("PRODUCTION_REQUESTED")));
    }

    @Test
    void aMoveThatIsThereTwice() {
        broken(Invariant.LEGAL_MOVES, good -> good.log.add(3, good.log.get(2)));
    }

    @Test
    void aStateThatIsNotInTheLog() {
        broken(Invariant.LEGAL_MOVES, good -> good.releases.set(0, new ReleaseRow(1, 1, "CANCELLED", 8, true, 20)));
    }

    @Test
    void aRecordThatIsToldTooEarly() {
        Histories good = Histories.good();
        List<String> log = ids(good);
        List<String> told = new ArrayList<>(log);
        Collections.swap(told, 1, 2);

        assertThat(found(evidence(good.build(), log, told))).containsExactly(Invariant.PUBLISHED_IN_ORDER);
    }

    @Test
    void aFenceThatFalls() {
        broken(Invariant.ONE_WRITER, good -> good.fences.add(new FenceSeen("web-1", 21, Histories.at(9.5))));
    }

    @Test
    void aFenceBelowItsLastHolder() {
        broken(Invariant.ONE_WRITER, good -> good.fences.removeLast());
    }

    @Test
    void aFenceThatNobodyWasGiven() {
        broken(Invariant.ONE_WRITER, good -> good.fences.add(new FenceSeen("web-1", 99, Histories.at(9.5))));
    }

    @Test
    void aPublicationBehindANewerFence() {
        broken(
                Invariant.ONE_WRITER,
                good -> good.publications.set(0, new PublicationSeen("web-1", 21, Histories.at(8.5))));
    }

    @Test
    void aReportWithoutALease() {
        broken(
                Invariant.NO_LEASE_NO_REPORT,
                good -> Histories.change(
                        good.leases, change -> change.sequence() == 6, change -> until(change, Histories.at(8.5))));
    }

    @Test
    void aReportOfSomebodyElse() {
        broken(
                Invariant.NO_LEASE_NO_REPORT,
                good -> Histories.change(
                        good.log,
                        move -> move.to().equals("IDLE") && move.release() == 1,
                        move -> new Move(
                                move.id(),
                                move.kind(),
                                1,
                                move.name(),
                                1,
                                move.sequence(),
                                move.from(),
                                move.to(),
                                move.service(),
                                "server-worker-1",
                                move.reason(),
                                move.at(),
                                true)));
    }

    @Test
    void aLeaseThatIsTakenWhileItHolds() {
        broken(
                Invariant.NO_LEASE_NO_REPORT,
                good -> Histories.change(
                        good.leases, change -> change.sequence() == 4, change -> until(change, Histories.at(12))));
    }

    @Test
    void aServerThatIsCopiedWithoutABackup() {
        broken(Invariant.BACKUP_FIRST, good -> good.backups.clear());
    }

    @Test
    void aFileThatIsNewBeforeTheBackup() {
        broken(
                Invariant.BACKUP_FIRST,
                good -> good.files.set(2, new FileSeen("web-1", "a", "a1", 12, Histories.at(3.5), Histories.at(5))));
    }

    @Test
    void aBackupThatIsVerifiedTooLate() {
        broken(Invariant.BACKUP_FIRST, good -> good.backups.set(0, new BackupRow(1, "web-1", Histories.at(4.6))));
    }

    @Test
    void aFileThatIsHalfNew() {
        broken(
                Invariant.OLD_OR_NEW,
                good -> good.files.add(
                        2, new FileSeen("web-1", "a", "half", 12, Histories.at(4.9), Histories.at(4.9))));
    }

    @Test
    void aFileThatIsAwayForAMoment() {
        broken(
                Invariant.OLD_OR_NEW,
                good -> good.files.add(
                        2, new FileSeen("web-1", "a", History.ABSENT, 0, Histories.at(4.9), Histories.at(4.9))));
    }

    @Test
    void aServerBetweenTwoReleases() {
        broken(Invariant.OLD_OR_NEW, good -> good.files.removeLast());
    }

    @Test
    void aFileThatIsSentAgain() {
        broken(
                Invariant.ONLY_WHAT_IS_MISSING,
                good -> good.files.add(3, new FileSeen("web-1", "a", "a1", 14, Histories.at(8.9), Histories.at(8.9))));
    }

    @Test
    void aServerThatIsCopiedAgain() {
        broken(Invariant.ONLY_WHAT_IS_MISSING, good -> {
            Move end = good.log.removeLast();
            good.server(1, "IDLE", "COPYING", "prod-coordinator", "prod-coordinator", "", 10.1);
            good.server(1, "COPYING", "LOCKED", "server-worker", "server-worker-2", "", 10.2);
            good.server(1, "LOCKED", "IDLE", "server-worker", "server-worker-2", "has release 1", 10.3);
            good.log.add(end);
            good.servers.set(0, new ServerRow(1, "web-1", "BUSINESS", false, "IDLE", 9, 0, 22, null));
        });
    }

    @Test
    void aRolloutThatCountsMoreThanThereIs() {
        broken(
                Invariant.ONLY_WHAT_IS_MISSING,
                good -> good.rollouts.set(0, new RolloutRow(1, "web-1", "DONE", 2, 2, 1, 2)));
    }

    @Test
    void anAnswerThatIsLost() {
        broken(
                Invariant.ANSWERED_IS_KEPT,
                good -> good.calls.add(call(
                        "POST",
                        "p/releases",
                        201,
                        JsonNodeFactory.instance.objectNode().put("number", 2),
                        1)));
        broken(
                Invariant.ANSWERED_IS_KEPT,
                good -> good.calls.add(
                        call("POST", "p/releases/1/cancel", 202, JsonNodeFactory.instance.objectNode(), 1)));
        broken(
                Invariant.ANSWERED_IS_KEPT,
                good -> good.calls.add(
                        call("POST", "p/releases/1/promote", 202, JsonNodeFactory.instance.objectNode(), 1)));
        broken(
                Invariant.ANSWERED_IS_KEPT,
                good -> good.calls.add(call(
                        "GET",
                        "p/releases/1",
                        200,
                        JsonNodeFactory.instance.objectNode().put("state", "PRODUCTION_FAILED"),
                        9)));
    }

    @Test
    void anAnswerThatIsKept() {
        Histories good = Histories.good();
        good.calls.add(call(
                "POST", "p/releases", 201, JsonNodeFactory.instance.objectNode().put("number", 1), 1));
        good.calls.add(call("POST", "p/releases/1/promote", 202, JsonNodeFactory.instance.objectNode(), 3));
        good.calls.add(call("POST", "p/releases/1/retry", 409, JsonNodeFactory.instance.objectNode(), 4));
        good.calls.add(call("POST", "p/releases/1/retry", 0, JsonNodeFactory.instance.objectNode(), 4));

        assertThat(Checker.violations(evidence(good))).isEmpty();
    }

    @Test
    void aDeadWorkersServerThatNobodyTakesUp() {
        broken(Invariant.TAKEN_UP_IN_TIME, good -> {
            Histories.change(good.leases, change -> change.sequence() == 4, change -> until(change, Histories.at(2)));
        });
    }

    @Test
    void aServerThatNobodyHolds() {
        broken(Invariant.TAKEN_UP_IN_TIME, good -> {
            good.log.removeIf(move -> move.to().equals("IDLE") && move.release() == 1);
            good.servers.set(0, new ServerRow(1, "web-1", "BUSINESS", false, "LOCKED", 5, 0, 22, Histories.at(9)));
            good.leases.removeLast();
        });
    }

    @Test
    void isPatientWhileSomethingIsDone() {
        Histories good = Histories.good();
        Histories.change(good.leases, change -> change.sequence() == 4, change -> until(change, Histories.at(2)));
        good.disturbances.add(new Disturbance("PostgreSQL away", null, Histories.at(1), Histories.at(7.5)));

        assertThat(Checker.violations(evidence(good))).isEmpty();
    }

    @Test
    void aMoveBehindACancel() {
        broken(Invariant.CANCEL_IS_FINAL, good -> {
            good.log.removeLast();
            good.release(1, "PRODUCTION_COPYING", "CANCELLED", "prod-coordinator", "ada", 4.15);
            Move cancelled = good.log.removeLast();
            good.log.add(good.log.size() - 4, cancelled);
            renumber(good);
            good.releases.set(0, new ReleaseRow(1, 1, "CANCELLED", 7, true, 20));
        });
    }

    @Test
    void aFileThatIsWrittenBehindACancel() {
        broken(Invariant.CANCEL_IS_FINAL, good -> {
            good.log.removeLast();
            good.release(1, "PRODUCTION_COPYING", "CANCELLED", "prod-coordinator", "ada", 10.5);
            good.releases.set(0, new ReleaseRow(1, 1, "CANCELLED", 7, true, 20));
            good.files.set(3, new FileSeen("web-1", "b", "b1", 13, Histories.at(11), Histories.at(11)));
        });
    }

    @Test
    void aServerThatWaitsInVain() {
        broken(
                Invariant.NOBODY_WAITS_IN_VAIN,
                good -> good.samples.add(new Sample(Histories.at(11), "web-1", "COPYING", "COMPLETED", false, false)));
    }

    @Test
    void aServerThatWaitsForAnother() {
        broken(Invariant.NOBODY_WAITS_FOR_ANOTHER, good -> {
            good.disturbances.add(new Disturbance("web-2 slow", "web-2", Histories.at(3), Histories.at(60)));
            Histories.change(
                    good.log,
                    move -> move.to().equals("COPYING") && move.from().equals("IDLE"),
                    move -> at(move, Histories.at(-4)));
            Histories.change(
                    good.log,
                    move -> move.to().equals("LOCKED") && move.sequence() == 3,
                    move -> at(move, Histories.at(4.3)));
        });
    }

    private static void broken(Invariant invariant, Consumer<Histories> how) {
        Histories history = Histories.good();
        how.accept(history);
        assertThat(found(evidence(history))).contains(invariant);
    }

    private static Set<Invariant> found(Evidence evidence) {
        Set<Invariant> found = EnumSet.noneOf(Invariant.class);
        for (String line : Checker.violations(evidence)) {
            found.add(EnumSet.allOf(Invariant.class).stream()
                    .filter(invariant -> line.startsWith(invariant + ": "))
                    .findFirst()
                    .orElseThrow());
        }
        return found;
    }

    private static Move moved(Move move, String service) {
        return new Move(
                move.id(),
                move.kind(),
                move.aggregate(),
                move.name(),
                move.release(),
                move.sequence(),
                move.from(),
                move.to(),
                service,
                move.actor(),
                move.reason(),
                move.at(),
                true);
    }

    private static Move at(Move move, Instant at) {
        return new Move(
                move.id(),
                move.kind(),
                move.aggregate(),
                move.name(),
                move.release(),
                move.sequence(),
                move.from(),
                move.to(),
                move.service(),
                move.actor(),
                move.reason(),
                at,
                true);
    }

    private static void renumber(Histories history) {
        for (int i = 0; i < history.log.size(); i++) {
            Move move = history.log.get(i);
            history.log.set(
                    i,
                    new Move(
                            i + 1,
                            move.kind(),
                            move.aggregate(),
                            move.name(),
                            move.release(),
                            move.sequence(),
                            move.from(),
                            move.to(),
                            move.service(),
                            move.actor(),
                            move.reason(),
                            move.at(),
                            true));
        }
    }

    private static LeaseChange until(LeaseChange change, Instant until) {
        return new LeaseChange(
                change.kind(),
                change.aggregate(),
                change.oldSequence(),
                change.sequence(),
                change.oldOwner(),
                until,
                change.owner(),
                change.epoch(),
                change.until(),
                change.at());
    }

    private static Call call(String method, String path, int status, JsonNode body, double seconds) {
        return new Call(Histories.at(seconds), Histories.at(seconds), method, path, status, body);
    }

    private static List<String> ids(Histories history) {
        return history.log.stream()
                .map(move -> "%s/p/%s/%d".formatted(move.kind(), move.name(), move.sequence()))
                .toList();
    }

    /** With topics and REST that tell what the log holds. */
    private static Evidence evidence(Histories history) {
        List<String> ids = ids(history);
        return evidence(history.build(), ids, ids);
    }

    private static Evidence evidence(History history, List<String> log, List<String> told) {
        List<Event> events = history.log().stream()
                .<Event>map(move -> move.ofServer()
                        ? new ServerTransitioned(
                                "p",
                                move.name(),
                                move.release() == 0 ? null : move.release(),
                                move.sequence(),
                                move.from().isEmpty() ? null : ServerState.valueOf(move.from()),
                                ServerState.valueOf(move.to()),
                                Service.SERVER_WORKER,
                                move.actor(),
                                move.reason(),
                                1,
                                move.at())
                        : new ReleaseTransitioned(
                                "p",
                                move.release(),
                                move.sequence(),
                                move.from().isEmpty() ? null : ReleaseState.valueOf(move.from()),
                                ReleaseState.valueOf(move.to()),
                                Service.CONTROLLER,
                                move.actor(),
                                move.reason(),
                                1,
                                move.at()))
                .toList();
        Map<String, ReleaseState> releases = history.releases().stream()
                .collect(java.util.stream.Collectors.toMap(
                        row -> "p/" + row.number(), row -> ReleaseState.valueOf(row.state())));
        Map<String, ServerState> servers = history.servers().stream()
                .collect(java.util.stream.Collectors.toMap(
                        row -> "p/" + row.name(), row -> ServerState.valueOf(row.state())));
        return new Evidence(
                releases, servers, log, List.of(), releases, servers, events, told, List.of(), List.of(), history);
    }
}
