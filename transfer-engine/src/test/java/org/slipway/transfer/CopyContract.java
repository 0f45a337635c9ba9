package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

/** What every kind of host must do. Each kind has a class of its own below this one. */
abstract class CopyContract {
    private Path dir = Path.of("/");
    private Path from = dir;
    private Path to = dir;
    private Path work = dir;

    abstract Hosts hosts();

    abstract HostAddress address(Path project);

    /** Whether this kind of host tells and keeps parts of a second. */
    boolean fractions() {
        return true;
    }

    /** Whether this kind of host tells and keeps the sticky bit. */
    boolean sticky() {
        return true;
    }

    @BeforeEach
    void makeProjects(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path temporary) throws Exception {
        dir = temporary;
        from = Files.createDirectory(dir.resolve("from"));
        to = Files.createDirectory(dir.resolve("to project"));
        work = dir.resolve(".slipway-to project");
    }

    @AfterEach
    void letTemporaryFilesBeRemoved() throws Exception {
        Trees.open(dir);
    }

    private Manifest manifest(String... paths) throws Exception {
        return Manifest.of(list(Host.Hashing.ALL, paths).entries());
    }

    private Listing list(Host.Hashing hashing, String... paths) throws Exception {
        try (Host host = hosts().open(address(from))) {
            return host.list(Stream.of(paths).map(RelativePath::new).toList(), hashing, Host.CopyWatcher.none());
        }
    }

    private Host.CopyResult copy(Manifest manifest, long epoch) throws TransferException {
        return copy(manifest, epoch, Host.CopyWatcher.none());
    }

    private Host.CopyResult copy(Manifest manifest, long epoch, Host.CopyWatcher watcher) throws TransferException {
        try (Host source = hosts().open(address(from));
                Host target = hosts().open(address(to))) {
            return target.copy(manifest, source, new Host.Fence("worker-1", epoch), watcher);
        }
    }

    private static void write(Path file, String text) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void writeAged(Path file, String text) throws Exception {
        write(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_600_000_000)));
    }

    /** Whether what is being staged has come to its end: content, mode and time. */
    private static boolean isLike(Path expected, Path staged) {
        try {
            return Files.size(staged) == Files.size(expected)
                    && Trees.mode(staged) == Trees.mode(expected)
                    && Files.getLastModifiedTime(staged).to(TimeUnit.SECONDS)
                            == Files.getLastModifiedTime(expected).to(TimeUnit.SECONDS);
        } catch (java.io.IOException notYetThere) {
            return false;
        }
    }

    private void assertNothingIsLeftBehind() throws Exception {
        assertThat(Trees.names(work.resolve("staging"))).isEmpty();
        assertThat(Files.exists(work.resolve("trash")) ? Trees.names(work.resolve("trash")) : List.of())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void targetEqualsSourceOverGeneratedTrees(long seed) throws Exception {
        Path release = Files.createDirectory(from.resolve("release"));
        Trees.fill(release, seed, 60);
        Manifest manifest = manifest("release");

        copy(manifest, 1);

        assertThat(Trees.differences(from, to, fractions(), sticky())).isEmpty();
        assertNothingIsLeftBehind();
        assertThat(copy(manifest, 2).filesSent()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void nextReleaseLeavesWhatItDoesNotNameAndBringsTheRest(long seed) throws Exception {
        Path release = Files.createDirectory(from.resolve("release"));
        Trees.fill(release, seed, 40);
        copy(manifest("release"), 1);
        write(to.resolve("uploads/photo.jpg"), "a visitor's");
        for (FileEntry entry : manifest("release").open().next(Integer.MAX_VALUE)) {
            Path path = from.resolve(entry.path().value());
            if (Files.isRegularFile(path, java.nio.file.LinkOption.NOFOLLOW_LINKS) && entry.sizeBytes() % 2 == 1) {
                Trees.mode(path, 0644);
                Files.writeString(path, "changed " + seed);
            }
        }
        Files.createDirectories(from.resolve("release/new/deep/er"));
        write(from.resolve("release/new/deep/er/file"), "new");
        Manifest second = manifest("release");

        copy(second, 2);

        Map<String, String> expected = Trees.describe(from, fractions(), sticky());
        Map<String, String> actual = Trees.describe(to, fractions(), sticky());
        assertThat(actual).containsAllEntriesOf(expected);
        assertThat(Trees.text(to.resolve("uploads/photo.jpg"))).isEqualTo("a visitor's");
    }

    @Test
    void sendsOnlyFilesThatDiffer() throws Exception {
        for (int i = 0; i < 20; i++) {
            writeAged(from.resolve("site/" + i), "file " + i);
        }
        copy(manifest("site"), 1);
        write(from.resolve("site/7"), "file 7 is longer now");

        Host.CopyResult result = copy(manifest("site"), 2);

        assertThat(result).isEqualTo(new Host.CopyResult(1, 20, 19));
        assertThat(Trees.text(to.resolve("site/7"))).isEqualTo("file 7 is longer now");
    }

    @Test
    void findsAChangeThatKeepsTheSizeByItsHash() throws Exception {
        writeAged(from.resolve("a"), "one");
        copy(manifest("a"), 1);
        write(from.resolve("a"), "two");

        assertThat(copy(manifest("a"), 2).filesSent()).isEqualTo(1);

        assertThat(Trees.text(to.resolve("a"))).isEqualTo("two");
    }

    @Test
    void setsTimeAndModeWithoutSendingWhatIsTheSame() throws Exception {
        writeAged(from.resolve("site/a"), "same");
        write(to.resolve("site/a"), "same");
        Trees.mode(from.resolve("site/a"), 0640);

        Host.CopyResult result = copy(manifest("site"), 1);

        assertThat(result.filesSent()).isZero();
        assertThat(result.filesUnchanged()).isEqualTo(1);
        assertThat(Trees.differences(from, to, fractions(), sticky())).isEmpty();
    }

    @Test
    void findsAChangeThatKeepsSizeAndTime() throws Exception {
        writeAged(from.resolve("a"), "one");
        copy(manifest("a"), 1);
        writeAged(from.resolve("a"), "two");

        assertThat(copy(manifest("a"), 2).filesSent()).isEqualTo(1);

        assertThat(Trees.text(to.resolve("a"))).isEqualTo("two");
    }

    @Test
    void setsATimeWithPartsOfASecondAsFarAsTheHostCan() throws Exception {
        writeAged(from.resolve("site/a"), "same");
        write(to.resolve("site/a"), "same");
        Instant exact = Instant.ofEpochSecond(1_700_000_000, 123_456_789);
        Manifest manifest = Manifest.of(manifest("site").open().next(Integer.MAX_VALUE).stream()
                .map(e -> new FileEntry(e.path(), e.type(), e.mode(), exact, e.sizeBytes(), e.sha256(), e.linkTarget()))
                .toList());

        assertThat(copy(manifest, 1).filesSent()).isZero();

        Instant set = Files.getLastModifiedTime(to.resolve("site/a")).toInstant();
        assertThat(fractions() ? set : Instant.ofEpochSecond(set.getEpochSecond()))
                .isEqualTo(fractions() ? exact : Instant.ofEpochSecond(exact.getEpochSecond()));
        copy(manifest, 2);
    }

    @Test
    void keepsWhatItReplaced() throws Exception {
        writeAged(from.resolve("site/page"), "new page");
        write(to.resolve("site/page"), "old page");

        copy(manifest("site/page"), 3);

        assertThat(Trees.text(work.resolve("replaced/0000000000000000003/site/page")))
                .isEqualTo("old page");
    }

    @Test
    void directoriesThatOnlyLeadToAPathAreLeftAlone() throws Exception {
        writeAged(from.resolve("a/b/file"), "x");
        Files.createDirectories(to.resolve("a"));
        Trees.mode(to.resolve("a"), 0711);

        copy(manifest("a/b/file"), 1);

        assertThat(Trees.mode(to.resolve("a"))).isEqualTo(0711);
        assertThat(Trees.text(to.resolve("a/b/file"))).isEqualTo("x");
    }

    @Test
    void setuidAndSetgidBitsDoNotArrive() throws Exception {
        write(from.resolve("tool"), "x");
        Trees.mode(from.resolve("tool"), 06755);

        copy(manifest("tool"), 1);

        assertThat(Trees.mode(to.resolve("tool"))).isEqualTo(0755);
    }

    @Test
    void aFileBecomesADirectoryAndAnEmptyDirectoryAFile() throws Exception {
        write(from.resolve("x/inner"), "i");
        write(from.resolve("y"), "why");
        write(to.resolve("x"), "was a file");
        Files.createDirectory(to.resolve("y"));

        copy(manifest("x", "y"), 1);

        assertThat(Trees.text(to.resolve("x/inner"))).isEqualTo("i");
        assertThat(Trees.text(to.resolve("y"))).isEqualTo("why");
        assertThat(Trees.text(work.resolve("replaced/0000000000000000001/x"))).isEqualTo("was a file");
    }

    @Test
    void refusesToReplaceADirectoryThatIsNotEmpty() throws Exception {
        write(from.resolve("y"), "why");
        write(from.resolve("z"), "zed");
        write(to.resolve("y/kept"), "kept");

        Failure failure = Failures.of(() -> copy(manifest("y", "z"), 1));

        assertThat(failure).isInstanceOf(Failure.TargetInTheWay.class);
        assertThat(failure.paths()).containsExactly(new RelativePath("y"));
        assertThat(Trees.describe(to, false, true).keySet()).containsExactly("y", "y/kept");
    }

    @Test
    void neverWritesThroughASymbolicLink() throws Exception {
        write(from.resolve("a/file"), "x");
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Files.createSymbolicLink(to.resolve("a"), outside);

        Failure failure = Failures.of(() -> copy(manifest("a/file"), 1));

        assertThat(failure).isInstanceOf(Failure.TargetInTheWay.class);
        assertThat(Trees.names(outside)).isEmpty();
    }

    /** Puts a symbolic link in the place of a directory and returns where it leads. */
    private Path replaceByLink(Path directory) throws Exception {
        Path outside = dir.resolve("outside");
        Files.move(directory, outside);
        Files.createSymbolicLink(directory, outside);
        return outside;
    }

    @Test
    void neverWritesThroughALinkThatAppearsAboveAPathAfterThePlan() throws Exception {
        writeAged(from.resolve("a/b/c/file"), "new");
        writeAged(from.resolve("a/b/mode"), "same");
        Trees.mode(from.resolve("a/b/mode"), 0600);
        write(to.resolve("a/b/c/file"), "old one");
        writeAged(to.resolve("a/b/mode"), "same");
        Trees.mode(to.resolve("a/b/mode"), 0644);
        Manifest manifest = manifest("a/b/c/file", "a/b/mode");
        AtomicReference<@Nullable Path> outside = new AtomicReference<>();

        Failure failure = Failures.of(() -> copy(manifest, 1, () -> {
            if (Files.exists(work.resolve("staging/0000000000000000001/new/a/b/c/file")) && outside.get() == null) {
                try {
                    outside.set(replaceByLink(to.resolve("a/b")));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
            return true;
        }));

        assertThat(failure).isInstanceOf(Failure.TargetInTheWay.class);
        assertThat(Trees.text(dir.resolve("outside/c/file"))).isEqualTo("old one");
        assertThat(Trees.mode(dir.resolve("outside/mode"))).isEqualTo(0644);
    }

    @Test
    void aPublicationThatWasCutOffIsNotFinishedThroughALinkAndCanBeGivenUp() throws Exception {
        writeAged(from.resolve("a/b/c/file"), "new");
        write(to.resolve("a/b/c/file"), "old one");
        write(from.resolve("other"), "other");
        Manifest manifest = manifest("a/b/c/file");
        Manifest other = manifest("other");
        Path staged = work.resolve("staging/0000000000000000001");
        Failures.of(
                () -> copy(manifest, 1, () -> !isLike(from.resolve("a/b/c/file"), staged.resolve("new/a/b/c/file"))));
        Files.createFile(staged.resolve("publishing"));
        Path outside = replaceByLink(to.resolve("a/b"));

        Failure failure = Failures.of(() -> copy(other, 2));

        assertThat(failure).isInstanceOf(Failure.TargetInTheWay.class);
        assertThat(failure.message()).contains("a/b").contains("removing " + work + "/staging/");
        assertThat(Trees.text(outside.resolve("c/file"))).isEqualTo("old one");
        for (String unfinished : Trees.names(work.resolve("staging"))) {
            assertThat(failure.message()).contains(unfinished);
            OpenSsh.run("rm", "-r", work.resolve("staging").resolve(unfinished).toString());
        }
        copy(other, 3);
        assertThat(Trees.text(to.resolve("other"))).isEqualTo("other");
    }

    @Test
    void listingAndReadingStopWhenAsked() throws Exception {
        write(from.resolve("a"), "x");
        List<FileEntry> entries = manifest("a").open().next(Integer.MAX_VALUE);

        assertThat(Failures.of(() -> {
                    try (Host host = hosts().open(address(from))) {
                        host.list(List.of(new RelativePath("a")), Host.Hashing.ALL, () -> false);
                    }
                }))
                .isInstanceOf(Failure.Stopped.class);
        assertThat(Failures.of(() -> {
                    try (Host host = hosts().open(address(from))) {
                        host.read(entries, (file, content) -> content.readAllBytes(), () -> false);
                    }
                }))
                .isInstanceOf(Failure.Stopped.class);
    }

    @Test
    void aLowerEpochIsFencedOff() throws Exception {
        write(from.resolve("a"), "one");
        Manifest manifest = manifest("a");
        copy(manifest, 7);
        write(to.resolve("a"), "edited");

        Failure failure = Failures.of(() -> copy(manifest, 6));

        assertThat(failure).isInstanceOf(Failure.FencedOff.class);
        assertThat(failure.message())
                .contains("6")
                .contains("7")
                .contains(work + "/fence")
                .contains("slipway_epoch");
        assertThat(Trees.text(to.resolve("a"))).isEqualTo("edited");
    }

    @Test
    void aWriterOvertakenRightBeforePublicationIsFencedOff() throws Exception {
        write(from.resolve("a"), "stale");
        write(from.resolve("b"), "fresh");
        Manifest stale = manifest("a");
        Manifest fresh = manifest("b");
        AtomicInteger asked = new AtomicInteger();

        Failure failure = Failures.of(() -> copy(stale, 1, () -> {
            if (Files.exists(work.resolve("staging/0000000000000000001/new/a")) && asked.getAndIncrement() == 0) {
                try {
                    copy(fresh, 2);
                } catch (TransferException e) {
                    throw new AssertionError(e);
                }
            }
            return true;
        }));

        assertThat(failure).isInstanceOf(Failure.FencedOff.class);
        assertThat(Trees.names(to)).containsExactly("b");
    }

    private void fenceOff(long epoch) {
        try (Host host = hosts().open(address(to))) {
            host.fenceOff(new Host.Fence("worker-2", epoch), Host.CopyWatcher.none());
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void fencingOffKeepsAWriterFromPublishing() throws Exception {
        write(from.resolve("a"), "late");
        Manifest manifest = manifest("a");
        AtomicInteger asked = new AtomicInteger();

        Failure failure = Failures.of(() -> copy(manifest, 1, () -> {
            if (Files.exists(work.resolve("staging/0000000000000000001/new/a")) && asked.getAndIncrement() == 0) {
                fenceOff(2);
            }
            return true;
        }));

        assertThat(failure).isInstanceOf(Failure.FencedOff.class);
        assertThat(Trees.names(to)).isEmpty();
        assertNothingIsLeftBehind();
    }

    @Test
    void fencingOffKeepsABackupFromItsPlace() throws Exception {
        write(to.resolve("a"), "x");
        Path file = dir.resolve("backup.tar");
        write(file, "earlier");
        AtomicInteger asked = new AtomicInteger();

        Failure failure = Failures.of(() -> {
            try (Host host = hosts().open(address(to))) {
                host.archive(new Host.BackupOrder(file.toString(), 1), new Host.Fence("w", 1), () -> {
                    if (Files.exists(dir.resolve("backup.tar.partial-0000000000000000001"))
                            && asked.getAndIncrement() == 0) {
                        fenceOff(2);
                    }
                    return true;
                });
            }
        });

        assertThat(failure).isInstanceOf(Failure.FencedOff.class);
        assertThat(Trees.text(file)).isEqualTo("earlier");
        assertThat(dir.resolve("backup.tar.1")).doesNotExist();
    }

    @Test
    void fencingOffFinishesAPublicationThatWasCutOff() throws Exception {
        writeAged(from.resolve("a"), "new a");
        writeAged(from.resolve("b"), "new b");
        write(to.resolve("a"), "old a");
        write(to.resolve("b"), "old b");
        Manifest manifest = manifest("a", "b");
        Path staged = work.resolve("staging/0000000000000000001");
        Failures.of(() -> copy(
                manifest,
                1,
                () -> !isLike(from.resolve("a"), staged.resolve("new/a"))
                        || !isLike(from.resolve("b"), staged.resolve("new/b"))));
        Files.createFile(staged.resolve("publishing"));

        fenceOff(2);

        assertThat(Trees.text(to.resolve("a"))).isEqualTo("new a");
        assertThat(Trees.text(to.resolve("b"))).isEqualTo("new b");
        assertNothingIsLeftBehind();
    }

    @Test
    void fencingOffUnderALowerEpochIsRefused() throws Exception {
        write(from.resolve("a"), "x");
        copy(manifest("a"), 7);

        Failure failure = Failures.of(() -> {
            try (Host host = hosts().open(address(to))) {
                host.fenceOff(new Host.Fence("w", 6), Host.CopyWatcher.none());
            }
        });

        assertThat(failure).isInstanceOf(Failure.FencedOff.class);
    }

    private static final class Told implements Host.CopyWatcher {
        private final List<String> words = new ArrayList<>();
        private final Path staged;

        private Told(Path staged) {
            this.staged = staged;
        }

        @Override
        public boolean goOn() {
            return !Files.exists(staged);
        }

        @Override
        public void fenceRaised() {
            words.add("fence raised");
        }

        @Override
        public void publishing() {
            words.add("publishing");
        }
    }

    @Test
    void tellsThatTheFenceIsRaisedAndThatItIsAboutToPublish() throws Exception {
        write(from.resolve("a"), "x");
        write(from.resolve("b"), "y");
        Told well = new Told(dir.resolve("never"));
        Told stopped = new Told(work.resolve("staging/0000000000000000002/new/b"));
        Told backup = new Told(dir.resolve("never"));

        copy(manifest("a"), 1, well);
        Failures.of(() -> copy(manifest("b"), 2, stopped));
        try (Host host = hosts().open(address(to))) {
            host.archive(new Host.BackupOrder(dir.resolve("backup.tar").toString(), 1), new Host.Fence("w", 3), backup);
        }

        assertThat(well.words).containsExactly("fence raised", "publishing");
        assertThat(stopped.words).containsExactly("fence raised");
        assertThat(backup.words).containsExactly("fence raised", "publishing");
    }

    @Test
    void publishesNothingWhenAskedToStop() throws Exception {
        write(from.resolve("a"), "x");
        Manifest manifest = manifest("a");

        Failure failure = Failures.of(
                () -> copy(manifest, 1, () -> !Files.exists(work.resolve("staging/0000000000000000001/new/a"))));

        assertThat(failure).isInstanceOf(Failure.Stopped.class);
        assertThat(Trees.names(to)).isEmpty();
        copy(manifest, 1);
        assertThat(Trees.names(to)).containsExactly("a");
        assertNothingIsLeftBehind();
    }

    @Test
    void leavesTheOldFileWhenTheContentIsNotWhatTheManifestSays() throws Exception {
        write(from.resolve("a"), "good");
        write(to.resolve("a"), "old!!");
        Manifest manifest = manifest("a");
        ContentSource liar = (files, sink, watcher) -> {
            for (FileEntry file : files) {
                try {
                    sink.file(file, new ByteArrayInputStream("evil".getBytes(StandardCharsets.UTF_8)));
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            }
        };

        Failure failure = Failures.of(() -> {
            try (Host target = hosts().open(address(to))) {
                target.copy(manifest, liar, new Host.Fence("w", 1), Host.CopyWatcher.none());
            }
        });

        assertThat(failure).isInstanceOf(Failure.ChecksumMismatch.class);
        assertThat(Trees.text(to.resolve("a"))).isEqualTo("old!!");
    }

    @Test
    @Timeout(60)
    void oneWrongFileAmongManyIsFoundWhereverItIs() throws Exception {
        int many = 2_000;
        for (int i = 0; i < many; i++) {
            write(from.resolve("site/" + i), "page " + i);
        }
        Manifest manifest = manifest("site");
        for (int at : List.of(0, many / 2, many - 1)) {
            AtomicReference<RelativePath> wrong = new AtomicReference<>();
            ContentSource liar = (files, sink, watcher) -> {
                try {
                    for (FileEntry file : files) {
                        byte[] content =
                                Files.readAllBytes(from.resolve(file.path().value()));
                        if (file == files.get(at)) {
                            content[0] = 'P';
                            wrong.set(file.path());
                        }
                        sink.file(file, new ByteArrayInputStream(content));
                    }
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            };

            Failure failure = Failures.of(() -> {
                try (Host target = hosts().open(address(to))) {
                    target.copy(manifest, liar, new Host.Fence("w", 1 + at), Host.CopyWatcher.none());
                }
            });

            assertThat(failure).isInstanceOf(Failure.ChecksumMismatch.class);
            assertThat(failure.message()).contains(wrong.get().value());
            assertThat(Trees.names(to)).isEmpty();
        }
    }

    @Test
    @Timeout(60)
    void largeFilesAmongSmallOnesArriveWhole() throws Exception {
        byte[] noise = new byte[34 << 20];
        new Random(7).nextBytes(noise);
        for (String name : List.of("site/a", "site/m/big one", "site/z")) {
            write(from.resolve(name), name);
        }
        Files.write(from.resolve("site/m/big one"), noise);
        Files.write(from.resolve("site/n"), Arrays.copyOf(noise, 33 << 20));
        Manifest manifest = manifest("site");

        Host.CopyResult result = copy(manifest, 1);

        assertThat(result.filesSent()).isEqualTo(4);
        assertThat(Trees.differences(from, to, fractions(), sticky())).isEmpty();
        assertNothingIsLeftBehind();
    }

    @Test
    @Timeout(60)
    void aLargeFileThatIsNotWhatTheManifestSaysIsNotPublished() throws Exception {
        Files.write(from.resolve("big"), new byte[33 << 20]);
        Manifest manifest = manifest("big");
        ContentSource liar = (files, sink, watcher) -> {
            byte[] other = new byte[33 << 20];
            other[5] = 1;
            try {
                sink.file(files.getFirst(), new ByteArrayInputStream(other));
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
        };

        Failure failure = Failures.of(() -> {
            try (Host target = hosts().open(address(to))) {
                target.copy(manifest, liar, new Host.Fence("w", 1), Host.CopyWatcher.none());
            }
        });

        assertThat(failure).isInstanceOf(Failure.ChecksumMismatch.class);
        assertThat(Trees.names(to)).isEmpty();
    }

    @Test
    void nextCopyFinishesAPublicationThatWasCutOff() throws Exception {
        List<String> names = List.of("site/one", "site/two", "site/sub/three");
        for (String name : names) {
            writeAged(from.resolve(name), "new " + name);
            write(to.resolve(name), "old " + name);
        }
        write(from.resolve("other"), "other");
        Manifest manifest = manifest("site");
        Path staged = work.resolve("staging/0000000000000000001");
        Failures.of(() -> copy(manifest, 1, () -> names.stream()
                .anyMatch(name ->
                        !isLike(from.resolve(name), staged.resolve("new").resolve(name)))));
        assertThat(Trees.text(to.resolve("site/one"))).isEqualTo("old site/one");
        // What a publication leaves that was killed after its first rename.
        Files.createFile(staged.resolve("publishing"));
        Files.move(
                staged.resolve("new/site/one"),
                to.resolve("site/one"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        copy(manifest("other"), 2);

        assertThat(Trees.differences(from, to, fractions(), sticky())).isEmpty();
        assertNothingIsLeftBehind();
    }

    /** Another project directory, for which the same work directory is named. */
    private HostAddress neighbour() throws Exception {
        Path project = dir.resolve("neighbour");
        Files.createDirectories(project);
        return withWork(address(project));
    }

    private HostAddress withWork(HostAddress address) {
        return new HostAddress(
                address.name(),
                address.host(),
                address.port(),
                address.user(),
                address.hostKeys(),
                address.projectDirectory(),
                work.toString());
    }

    private void copyTo(HostAddress target, Manifest manifest, long epoch) throws TransferException {
        try (Host source = hosts().open(address(from));
                Host host = hosts().open(target)) {
            host.copy(manifest, source, new Host.Fence("worker-2", epoch), Host.CopyWatcher.none());
        }
    }

    private void cutOffAPublicationOf(String name) throws Exception {
        Path staged = work.resolve("staging/0000000000000000001");
        Failures.of(() -> copy(manifest(name), 1, () -> !isLike(from.resolve(name), staged.resolve("new/" + name))));
        Files.createFile(staged.resolve("publishing"));
    }

    @Test
    void aPublicationForAnotherProjectDirectoryIsNeitherFinishedNorRemoved() throws Exception {
        writeAged(from.resolve("a"), "new a");
        write(from.resolve("b"), "b");
        HostAddress neighbour = neighbour();
        Manifest b = manifest("b");
        cutOffAPublicationOf("a");

        List<Failure> failures = List.of(
                Failures.of(() -> copyTo(neighbour, b, 2)),
                Failures.of(() -> {
                    try (Host host = hosts().open(neighbour)) {
                        host.fenceOff(new Host.Fence("w", 3), Host.CopyWatcher.none());
                    }
                }),
                Failures.of(() -> {
                    try (Host host = hosts().open(neighbour)) {
                        host.archive(
                                new Host.BackupOrder(dir.resolve("n.tar").toString(), 1),
                                new Host.Fence("w", 4),
                                Host.CopyWatcher.none());
                    }
                }));

        assertThat(failures).allSatisfy(failure -> {
            assertThat(failure).isInstanceOf(Failure.WorkDirectoryTaken.class);
            assertThat(failure.retryHelps()).isFalse();
            assertThat(failure.message())
                    .contains(to.toRealPath().toString())
                    .contains("a work directory of its own")
                    .contains("removing " + work + "/staging/0000000000000000001");
        });
        assertThat(Trees.names(dir.resolve("neighbour"))).isEmpty();
        assertThat(Trees.names(to)).isEmpty();
        copy(b, 5);
        assertThat(Trees.names(to)).containsExactly("a", "b");
        assertNothingIsLeftBehind();
    }

    @Test
    void whatIsStagedForAnotherProjectDirectoryIsLeftAlone() throws Exception {
        write(from.resolve("a"), "a");
        write(from.resolve("b"), "b");
        Manifest a = manifest("a");
        Manifest b = manifest("b");
        HostAddress neighbour = neighbour();
        AtomicBoolean tried = new AtomicBoolean();
        List<Failure> failures = Collections.synchronizedList(new ArrayList<>());

        // Asked by several threads of the copy.
        copy(a, 1, () -> {
            if (Files.exists(work.resolve("staging/0000000000000000001/new/a")) && tried.compareAndSet(false, true)) {
                failures.add(Failures.of(() -> copyTo(neighbour, b, 2)));
            }
            return true;
        });

        assertThat(failures).singleElement().isInstanceOf(Failure.WorkDirectoryTaken.class);
        assertThat(Trees.text(to.resolve("a"))).isEqualTo("a");
        assertThat(Trees.names(dir.resolve("neighbour"))).isEmpty();
    }

    @Test
    void aWorkDirectoryInWhichNothingIsLeftIsTakenOver() throws Exception {
        write(from.resolve("a"), "a");
        Manifest a = manifest("a");
        copy(a, 1);

        copyTo(neighbour(), a, 2);

        assertThat(Trees.text(dir.resolve("neighbour/a"))).isEqualTo("a");
        cutOffThere(3);
        assertThat(Failures.of(() -> copy(a, 4))).isInstanceOf(Failure.WorkDirectoryTaken.class);
    }

    private void cutOffThere(long epoch) throws Exception {
        writeAged(from.resolve("c"), "c");
        Manifest c = manifest("c");
        Path staged = work.resolve("staging/000000000000000000" + epoch);
        Failures.of(() -> {
            try (Host source = hosts().open(address(from));
                    Host host = hosts().open(neighbour())) {
                host.copy(
                        c,
                        source,
                        new Host.Fence("w", epoch),
                        () -> !isLike(from.resolve("c"), staged.resolve("new/c")));
            }
        });
    }

    @Test
    void aProjectDirectoryIsTheSameByWhateverLinkItIsReached() throws Exception {
        writeAged(from.resolve("a"), "new a");
        write(from.resolve("b"), "b");
        Path link = Files.createSymbolicLink(dir.resolve("current"), to.getFileName());
        cutOffAPublicationOf("a");

        copyTo(withWork(address(link)), manifest("b"), 2);

        assertThat(Trees.names(to)).containsExactly("a", "b");
        assertNothingIsLeftBehind();
    }

    @Test
    void aLinkThatLeadsElsewhereNowIsAnotherProjectDirectory() throws Exception {
        writeAged(from.resolve("a"), "new a");
        write(from.resolve("b"), "b");
        Path first = to;
        Path second = Files.createDirectory(dir.resolve("second"));
        to = Files.createSymbolicLink(dir.resolve("current"), first.getFileName());
        work = dir.resolve(".slipway-current");
        cutOffAPublicationOf("a");
        Files.delete(to);
        Files.createSymbolicLink(to, second.getFileName());

        assertThat(Failures.of(() -> copy(manifest("b"), 2))).isInstanceOf(Failure.WorkDirectoryTaken.class);

        assertThat(Trees.names(second)).isEmpty();
    }

    private Host.CheckLine workLine(HostAddress address) throws Exception {
        try (Host host = hosts().open(address)) {
            return host.check(true, null).stream()
                    .filter(line -> line.name().equals("work-directory"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void theCheckTellsOfAWorkDirectoryThatIsAnothers() throws Exception {
        writeAged(from.resolve("a"), "a");
        copy(manifest("a"), 1);
        HostAddress neighbour = neighbour();

        assertThat(workLine(address(to)).ok()).isTrue();
        assertThat(workLine(neighbour).ok()).isFalse();
        assertThat(workLine(neighbour).message())
                .contains(to.toRealPath().toString())
                .contains("takes " + work + " over");
        cutOffThere(2);
        assertThat(workLine(neighbour).ok()).isTrue();
        assertThat(workLine(address(to)).ok()).isFalse();
        assertThat(workLine(address(to)).message())
                .contains(dir.resolve("neighbour").toRealPath().toString())
                .contains(work + "/staging/0000000000000000002 is not finished");
    }

    @Test
    void aReaderSeesTheOldFileOrTheNewOne() throws Exception {
        String old = "A".repeat(50_000);
        String next = "B".repeat(70_000);
        write(to.resolve("page"), old);
        Path page = to.resolve("page");
        AtomicBoolean done = new AtomicBoolean();
        List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
        AtomicInteger looked = new AtomicInteger();
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                try {
                    String seen = Files.readString(page);
                    if (!seen.equals(old) && !seen.equals(next)) {
                        wrong.add("a mix of " + seen.length() + " characters");
                    }
                } catch (java.io.IOException e) {
                    wrong.add(e.toString());
                }
                looked.incrementAndGet();
            }
        });
        for (int epoch = 1; epoch <= 10; epoch++) {
            write(from.resolve("page"), epoch % 2 == 0 ? old : next);
            copy(manifest("page"), epoch);
        }
        done.set(true);
        reader.join();

        assertThat(wrong).isEmpty();
        assertThat(looked.get()).isGreaterThan(10);
    }

    @Test
    void namesMissingPathsAndThingsThatAreNotCarried() throws Exception {
        write(from.resolve("site/a"), "x");
        OpenSsh.run("mkfifo", from.resolve("site/fifo").toString());
        Files.createSymbolicLink(from.resolve("link"), Path.of("site"));

        Listing listing = list(Host.Hashing.NONE, "site", "gone", "site/none", "link/a", "link");

        assertThat(listing.missing()).contains(new RelativePath("gone"), new RelativePath("site/none"));
        assertThat(listing.refused()).extracting(Listing.Refused::path).contains("site/fifo");
        assertThat(listing.entries()).extracting(e -> e.path().value()).contains("site", "site/a", "link");
    }

    @Test
    void aPathThroughASymbolicLinkIsRefused() throws Exception {
        write(from.resolve("site/a"), "x");
        Files.createSymbolicLink(from.resolve("link"), Path.of("site"));

        Listing listing = list(Host.Hashing.NONE, "link/a");

        assertThat(listing.refused()).extracting(Listing.Refused::path).contains("link");
    }

    @Test
    void aFileEditedAfterItWasListedIsNotPassedOn() throws Exception {
        write(from.resolve("a"), "first");
        write(from.resolve("b"), "b");
        Manifest manifest = manifest("a", "b");
        write(from.resolve("a"), "other");

        Failure failure = Failures.of(() -> copy(manifest, 1));

        assertThat(failure).isInstanceOf(Failure.SourceChanged.class);
        assertThat(failure.paths()).containsExactly(new RelativePath("a"));
        assertThat(Trees.names(to)).isEmpty();
    }

    @Test
    void tellsOfAMissingProjectDirectory() {
        Failure failure = Failures.of(() -> {
            try (Host host = hosts().open(address(dir.resolve("nowhere")))) {
                host.list(List.of(new RelativePath("a")), Host.Hashing.NONE, Host.CopyWatcher.none());
            }
        });

        assertThat(failure).isInstanceOf(Failure.DirectoryUnusable.class);
        assertThat(failure.message()).contains("nowhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"backup.tar", "backup.tar.gz", "backup.tgz", "backup.tar.zst"})
    void archivesTheProjectDirectoryAndKeepsEarlierOnes(String name) throws Exception {
        write(to.resolve("site/a b"), "hello");
        Files.createSymbolicLink(to.resolve("site/link"), Path.of("a b"));
        Files.createDirectory(to.resolve("empty"));
        Path backups = Files.createDirectory(dir.resolve("backups"));
        Path file = backups.resolve(name);
        Files.createFile(backups.resolve(name + ".partial-0000000000000000000"));
        Host.BackupResult first;
        Host.BackupResult third;
        try (Host host = hosts().open(address(to))) {
            Host.BackupOrder order = new Host.BackupOrder(file.toString(), 2);
            first = host.archive(order, new Host.Fence("w", 1), Host.CopyWatcher.none());
            write(to.resolve("second"), "2");
            host.archive(order, new Host.Fence("w", 2), Host.CopyWatcher.none());
            write(to.resolve("third"), "3");
            third = host.archive(order, new Host.Fence("w", 3), Host.CopyWatcher.none());
        }

        assertThat(first.entries()).isEqualTo(5);
        assertThat(third.entries()).isEqualTo(7);
        assertThat(third.sha256()).isEqualTo(Trees.sha256(file));
        assertThat(third.sizeBytes()).isEqualTo(Files.size(file));
        assertThat(first.sha256()).isEqualTo(Trees.sha256(backups.resolve(name + ".2")));
        assertThat(Trees.names(backups)).containsExactly(name, name + ".1", name + ".2");
        assertThat(Trees.mode(file)).isEqualTo(0600);
        Path unpacked = Files.createDirectory(dir.resolve("unpacked"));
        OpenSsh.run("tar", "-xpf", file.toString(), "-C", unpacked.toString());
        assertThat(Trees.differences(to, unpacked, false, sticky())).isEmpty();
    }

    @Test
    void aBackupThatWasCutOffWhenTheEarlierOneWasKeptLosesNone() throws Exception {
        write(to.resolve("a"), "x");
        Path file = dir.resolve("backup.tar");
        write(file, "second");
        Files.createLink(dir.resolve("backup.tar.1"), file);
        write(dir.resolve("backup.tar.2"), "first");

        try (Host host = hosts().open(address(to))) {
            host.archive(new Host.BackupOrder(file.toString(), 2), new Host.Fence("w", 1), Host.CopyWatcher.none());
        }

        assertThat(Trees.text(dir.resolve("backup.tar.1"))).isEqualTo("second");
        assertThat(Trees.text(dir.resolve("backup.tar.2"))).isEqualTo("first");
    }

    @Test
    void aBackupThatALinkLeadsIntoTheProjectIsRefused() throws Exception {
        Files.createDirectory(to.resolve("backups"));
        Files.createSymbolicLink(dir.resolve("backups"), to.resolve("backups"));

        Failure failure = Failures.of(() -> {
            try (Host host = hosts().open(address(to))) {
                host.archive(
                        new Host.BackupOrder(dir.resolve("backups/b.tar").toString(), 1),
                        new Host.Fence("w", 1),
                        Host.CopyWatcher.none());
            }
        });

        assertThat(failure.message()).contains("inside the project directory");
    }

    @Test
    void theCheckLooksAtTheBackup() throws Exception {
        Files.createDirectory(to.resolve("inside"));

        assertThat(backupLine(dir.resolve("backup.tar.zst")).ok()).isTrue();
        assertThat(backupLine(dir.resolve("none/backup.tar")).message()).contains("make it");
        assertThat(backupLine(to.resolve("inside/backup.tar")).message()).contains("inside the project");
        assertThat(backupLine(dir.resolve("backup.zip")).message()).contains(".tar.gz");
        assertThat(Trees.names(dir)).containsExactly("from", "to project");
    }

    private Host.CheckLine backupLine(Path file) throws Exception {
        try (Host host = hosts().open(address(to))) {
            return host.check(true, file.toString()).stream()
                    .filter(line -> line.name().equals("backup"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aBackupThatCannotBeWrittenSaysWhatToDo() {
        Failure failure = Failures.of(() -> {
            try (Host host = hosts().open(address(to))) {
                host.archive(
                        new Host.BackupOrder(dir.resolve("none/backup.tar").toString(), 1),
                        new Host.Fence("w", 1),
                        Host.CopyWatcher.none());
            }
        });

        assertThat(failure).isInstanceOf(Failure.DirectoryUnusable.class);
        assertThat(failure.message()).contains("none").contains("make it");
    }

    @Test
    void aBackupThatIsStoppedLeavesTheEarlierOneAndNothingElse() throws Exception {
        write(to.resolve("a"), "x");
        Path file = dir.resolve("backup.tar");
        write(file, "earlier");

        Failure failure = Failures.of(() -> {
            try (Host host = hosts().open(address(to))) {
                host.archive(
                        new Host.BackupOrder(file.toString(), 1),
                        new Host.Fence("w", 1),
                        () -> !Files.exists(dir.resolve("backup.tar.partial-0000000000000000001")));
            }
        });

        assertThat(failure).isInstanceOf(Failure.Stopped.class);
        assertThat(Trees.text(file)).isEqualTo("earlier");
        Path partial = dir.resolve("backup.tar.partial-0000000000000000001");
        Await.until("the unfinished backup goes", Duration.ofSeconds(10), () -> !Files.exists(partial));
        assertThat(dir.resolve("backup.tar.1")).doesNotExist();
    }

    @Test
    void aSoundHostPassesItsCheckAndNothingIsLeftBehind() throws Exception {
        List<Host.CheckLine> lines;
        try (Host host = hosts().open(address(to))) {
            lines = host.check(true, null);
        }

        assertThat(lines).allMatch(Host.CheckLine::ok);
        assertThat(lines)
                .extracting(Host.CheckLine::name)
                .contains("connect", "tools", "project-directory", "work-directory", "one-file-system");
        assertThat(Trees.names(dir)).containsExactly("from", "to project");
        assertThat(Trees.names(to)).isEmpty();
    }

    @Test
    void theCheckNamesAMissingProjectDirectory() throws Exception {
        try (Host host = hosts().open(address(dir.resolve("nowhere")))) {
            assertThat(host.check(true, null))
                    .filteredOn(line -> line.name().equals("project-directory"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.ok()).isFalse())
                    .satisfies(line -> assertThat(line.message()).contains("make it"));
        }
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        write(from.resolve("a"), "x".repeat(1000));
        write(from.resolve("b"), "y".repeat(500));
        List<String> told = new ArrayList<>();

        copy(manifest("a", "b"), 1, new Host.CopyWatcher() {
            @Override
            public boolean goOn() {
                return true;
            }

            @Override
            public void progress(long filesDone, long filesToDo, long bytesDone, long bytesToDo) {
                told.add(filesDone + "/" + filesToDo + " " + bytesDone + "/" + bytesToDo);
            }
        });

        assertThat(told.getLast()).isEqualTo("2/2 1500/1500");
    }
}
