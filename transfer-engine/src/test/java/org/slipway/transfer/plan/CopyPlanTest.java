package org.slipway.transfer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.plan.Decision.Replaces;

class CopyPlanTest {
    private static final Instant THEN = Instant.ofEpochSecond(1_700_000_000, 123_456_789);
    private static final String HASH = "a".repeat(64);
    private static final String OTHER_HASH = "b".repeat(64);
    private static final long US = 1000;
    private static final CopyPlan.Target TARGET = new CopyPlan.Target(US, 7, true, false);

    private final Map<RelativePath, Found> found = new HashMap<>();

    private static RelativePath path(String path) {
        return new RelativePath(path);
    }

    private static FileEntry file(String path) {
        return new FileEntry(path(path), EntryType.FILE, 0644, THEN, 10, HASH, null);
    }

    private static FileEntry directory(String path) {
        return new FileEntry(path(path), EntryType.DIRECTORY, 0755, THEN, 0, null, null);
    }

    private static FileEntry parent(String path) {
        return new FileEntry(path(path), EntryType.PARENT, 0755, THEN, 0, null, null);
    }

    private static FileEntry link(String path, String target) {
        return new FileEntry(path(path), EntryType.SYMLINK, 0777, THEN, 0, null, target);
    }

    private static Found foundFile(Instant time, long size, int mode) {
        return new Found(Found.Kind.FILE, mode, time, size, US, 7, null, null);
    }

    private static Found foundDirectory(int mode, long uid, long device) {
        return new Found(Found.Kind.DIRECTORY, mode, THEN, 0, uid, device, null, null);
    }

    private Decision only(FileEntry entry, Found there) {
        found.put(entry.path(), there);
        List<Decision> plan = CopyPlan.of(CopyPlan.withParents(List.of(entry)), found, TARGET);
        return plan.getLast();
    }

    @Test
    void sendsWhatIsNotThere() {
        assertThat(CopyPlan.of(List.of(file("a")), found, TARGET))
                .containsExactly(new Decision.Send(file("a"), Replaces.NOTHING, false));
    }

    @Test
    void leavesAFileOfSameContentTimeAndMode() {
        assertThat(only(file("a"), foundFile(THEN, 10, 0644).withSha256(HASH)))
                .isEqualTo(new Decision.Unchanged(file("a")));
    }

    @Test
    void sizeAndTimeSayNothingAboutContent() {
        assertThat(only(file("a"), foundFile(THEN, 10, 0644).withSha256(OTHER_HASH)))
                .isEqualTo(new Decision.Send(file("a"), Replaces.FILE_OR_LINK, false));
        assertThat(only(file("a"), foundFile(THEN, 10, 0644)))
                .isEqualTo(new Decision.Send(file("a"), Replaces.FILE_OR_LINK, false));
    }

    @Test
    void wholeSecondsSufficeWhereAHostTellsNoMore() {
        assertThat(only(
                        file("a"),
                        foundFile(Instant.ofEpochSecond(THEN.getEpochSecond()), 10, 0644)
                                .withSha256(HASH)))
                .isInstanceOf(Decision.Unchanged.class);
    }

    @Test
    void asksForTheHashWhereverTheSizeIsTheSame() {
        found.put(path("same"), foundFile(THEN, 10, 0644));
        found.put(path("time"), foundFile(THEN.plusSeconds(1), 10, 0644));
        found.put(path("size"), foundFile(THEN.plusSeconds(1), 11, 0644));

        assertThat(CopyPlan.undecided(List.of(file("same"), file("time"), file("size"), file("new")), found, TARGET))
                .containsExactly(file("same"), file("time"));
    }

    @Test
    void aTimeThatIsExactToAFractionSettlesItWhereTimesAreTrusted() {
        CopyPlan.Target trusting = new CopyPlan.Target(US, 7, true, true);
        found.put(path("a"), foundFile(THEN, 10, 0644));

        assertThat(CopyPlan.undecided(List.of(file("a")), found, trusting)).isEmpty();
        assertThat(CopyPlan.of(List.of(file("a")), found, trusting)).containsExactly(new Decision.Unchanged(file("a")));
    }

    @Test
    void wholeSecondsAreNeverTrusted() {
        CopyPlan.Target trusting = new CopyPlan.Target(US, 7, true, true);
        Instant whole = Instant.ofEpochSecond(THEN.getEpochSecond());
        FileEntry unpacked = new FileEntry(path("a"), EntryType.FILE, 0644, whole, 10, HASH, null);
        found.put(path("a"), foundFile(whole, 10, 0644));

        assertThat(CopyPlan.undecided(List.of(unpacked), found, trusting)).containsExactly(unpacked);
        found.put(path("a"), foundFile(THEN, 10, 0644));
        assertThat(CopyPlan.undecided(List.of(unpacked), found, trusting)).containsExactly(unpacked);
    }

    @Test
    void aDirectoryOfAnEarlierPartBecomesNoLinkInALaterOne() {
        Map<RelativePath, FileEntry> directories = new HashMap<>();
        CopyPlan.withParents(List.of(directory("d")), directories);

        assertThatThrownBy(() -> CopyPlan.withParents(List.of(link("d", "/etc")), directories))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatALaterPartHasInADirectoryThatAnEarlierOneMakesGoesWithIt() {
        Map<RelativePath, FileEntry> directories = new HashMap<>();
        Set<RelativePath> made = new HashSet<>();
        List<FileEntry> first = CopyPlan.withParents(List.of(directory("d"), file("d/a")), directories);
        List<FileEntry> second = CopyPlan.withParents(List.of(file("d/b")), directories);

        CopyPlan.of(first, found, TARGET, made);

        assertThat(second).containsExactly(directory("d"), file("d/b"));
        assertThat(CopyPlan.of(second, found, TARGET, made))
                .containsExactly(new Decision.Send(file("d/b"), Replaces.NOTHING, true));
    }

    @Test
    void adjustsTimeAndModeOfAFileWithTheSameContent() {
        assertThat(only(file("a"), foundFile(THEN.plusSeconds(1), 10, 0600).withSha256(HASH)))
                .isEqualTo(new Decision.AdjustFile(file("a"), true, true));
    }

    @Test
    void replacesAFileWithTheSameContentThatBelongsToAnother() {
        Found theirs = new Found(Found.Kind.FILE, 0600, THEN, 10, 33, 7, null, HASH);

        assertThat(only(file("a"), theirs)).isEqualTo(new Decision.Send(file("a"), Replaces.FILE_OR_LINK, false));
    }

    @Test
    void sendsAFileOfOtherContent() {
        assertThat(only(file("a"), foundFile(THEN.plusSeconds(1), 10, 0644).withSha256(OTHER_HASH)))
                .isEqualTo(new Decision.Send(file("a"), Replaces.FILE_OR_LINK, false));
    }

    @Test
    void everythingInANewDirectoryGoesWithIt() {
        List<Decision> plan = CopyPlan.of(
                CopyPlan.withParents(List.of(directory("d"), file("d/a"), link("d/l", "x"))), found, TARGET);

        assertThat(plan)
                .containsExactly(
                        new Decision.MakeDirectory(directory("d"), Replaces.NOTHING, false),
                        new Decision.Send(file("d/a"), Replaces.NOTHING, true),
                        new Decision.Link(link("d/l", "x"), Replaces.NOTHING, true));
    }

    @Test
    void whatIsSeenThroughALinkThatGivesWayDoesNotCount() {
        found.put(path("d"), new Found(Found.Kind.SYMLINK, 0777, THEN, 0, US, 7, "elsewhere", null));
        found.put(path("d/a"), foundFile(THEN, 10, 0644));

        assertThat(CopyPlan.of(List.of(directory("d"), file("d/a")), found, TARGET))
                .containsExactly(
                        new Decision.MakeDirectory(directory("d"), Replaces.OTHER_KIND, false),
                        new Decision.Send(file("d/a"), Replaces.NOTHING, true));
    }

    @Test
    void nothingIsWrittenThroughALinkThatLeadsToAPath() {
        found.put(path("d"), new Found(Found.Kind.SYMLINK, 0777, THEN, 0, US, 7, "elsewhere", null));

        assertThat(CopyPlan.of(List.of(parent("d"), file("d/a")), found, TARGET))
                .singleElement()
                .isInstanceOfSatisfying(Decision.Refuse.class, refuse -> assertThat(refuse.why())
                        .contains("symbolic link"));
    }

    @Test
    void aDirectoryIsAdjustedWhenSomethingInItChanges() {
        found.put(path("d"), foundDirectory(0755, US, 7));

        assertThat(CopyPlan.of(List.of(directory("d"), file("d/a")), found, TARGET))
                .contains(new Decision.AdjustDirectory(directory("d"), 0755, false));
    }

    @Test
    void aDirectoryThatItsOwnerMayNotWriteIsOpenedForTheCopy() {
        found.put(path("d"), foundDirectory(0555, US, 7));

        assertThat(CopyPlan.of(List.of(parent("d"), file("d/a")), found, TARGET))
                .contains(new Decision.AdjustDirectory(parent("d"), 0555, true));
    }

    @Test
    void aSetgidDirectoryOfTheTargetKeepsThatBit() {
        found.put(path("d"), foundDirectory(02755, US, 7));

        assertThat(CopyPlan.of(List.of(directory("d"), file("d/a")), found, TARGET))
                .contains(new Decision.AdjustDirectory(directory("d"), 02755, false));
    }

    @Test
    void aDirectoryOnAnotherFileSystemCannotBeRenamedInto() {
        found.put(path("d"), foundDirectory(0755, US, 8));

        assertThat(CopyPlan.of(List.of(parent("d"), file("d/a")), found, TARGET))
                .anySatisfy(d -> assertThat(d).isInstanceOf(Decision.Refuse.class));
    }

    @Test
    void anUntouchedDirectoryOnAnotherFileSystemIsNoHindrance() {
        found.put(path("d"), foundDirectory(0755, US, 8));
        found.put(path("d/a"), foundFile(THEN, 10, 0644).withSha256(HASH));

        assertThat(CopyPlan.of(List.of(parent("d"), file("d/a")), found, TARGET))
                .allSatisfy(d -> assertThat(d).isInstanceOf(Decision.Unchanged.class));
    }

    @Test
    void devicesSocketsAndFifosAreInTheWay() {
        Found fifo = new Found(Found.Kind.OTHER, 0644, THEN, 0, US, 7, null, null);

        assertThat(only(file("a"), fifo)).isInstanceOf(Decision.Refuse.class);
        assertThat(only(link("l", "x"), fifo)).isInstanceOf(Decision.Refuse.class);
        assertThat(only(directory("d"), fifo)).isInstanceOf(Decision.Refuse.class);
    }

    @Test
    void aLinkIsReplacedWhenItLeadsElsewhere() {
        Found there = new Found(Found.Kind.SYMLINK, 0777, THEN, 0, US, 7, "x", null);

        assertThat(only(link("l", "x"), there)).isInstanceOf(Decision.Unchanged.class);
        assertThat(only(link("l", "y"), there))
                .isEqualTo(new Decision.Link(link("l", "y"), Replaces.FILE_OR_LINK, false));
    }

    @Test
    void directoriesThatLeadToEntriesAreAdded() {
        assertThat(CopyPlan.withParents(List.of(file("a/b/c"))))
                .extracting(FileEntry::path)
                .containsExactly(path("a"), path("a/b"), path("a/b/c"));
    }

    @Test
    void nothingLiesBelowAFileOrLink() {
        assertThatThrownBy(() -> CopyPlan.withParents(List.of(link("a", "/etc"), file("a/b"))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
