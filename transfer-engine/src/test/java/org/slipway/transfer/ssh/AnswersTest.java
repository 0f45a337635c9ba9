package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.plan.Found;

class AnswersTest {
    private static final String ONE = "a".repeat(64);
    private static final String TWO = "b".repeat(64);

    private static Fields fields(String answer) {
        return new Fields(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<RelativePath> paths(String... paths) {
        return java.util.Arrays.stream(paths).map(RelativePath::new).toList();
    }

    @Test
    void skipsWhatALoginShellPrintsBeforeTheMark() throws Exception {
        Fields fields = fields("Welcome!\nmar\0marker\0\0mark\0first\0");

        assertThat(fields.begin("mark")).isTrue();
        assertThat(fields.ascii()).isEqualTo("first");
    }

    @Test
    void anAnswerWithoutItsMarkIsNone() throws Exception {
        assertThat(fields("This account is not available.\n").begin("mark")).isFalse();
    }

    @Test
    void anAnswerThatEndsInTheMiddleIsNoAnswer() {
        assertThatThrownBy(() -> fields("half").ascii()).isInstanceOf(EOFException.class);
    }

    @Test
    void aFieldWithoutAnEndIsRefused() {
        assertThatThrownBy(() -> fields("x".repeat(100_000)).ascii()).isInstanceOf(IOException.class);
    }

    @Test
    void hashesAreMatchedByTheNamesThatAreDue() throws Exception {
        Fields fields = fields(ONE + "  ./a\n" + TWO + " *./sub/b c\n\0");

        assertThat(HashLines.read(fields, paths("a", "sub/b c")))
                .containsEntry(new RelativePath("a"), ONE)
                .containsEntry(new RelativePath("sub/b c"), TWO);
    }

    @Test
    void aNameMayHoldWhatLooksLikeALine() throws Exception {
        String name = "x\n" + TWO + "  y\\";
        Fields raw = fields(ONE + "  ./" + name + "\n\0");
        Fields gnu = fields("\\" + ONE + "  ./x\\n" + TWO + "  y\\\\\n\0");
        Fields openssl = fields("\\" + ONE + " *./x\\n" + TWO + "  y\\\n\0");

        for (Fields fields : List.of(raw, gnu, openssl)) {
            assertThat(HashLines.read(fields, paths(name))).containsOnlyKeys(new RelativePath(name));
        }
    }

    @Test
    void filesThatCouldNotBeReadAreLeftOut() throws Exception {
        Fields fields = fields(TWO + "  ./c\n\0");

        assertThat(HashLines.read(fields, paths("a", "ab", "c"))).containsOnlyKeys(new RelativePath("c"));
    }

    @Test
    void aHashOfSomethingElseIsRefused() {
        assertThatThrownBy(() -> HashLines.read(fields(ONE + "  ./other\n\0"), paths("a")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> HashLines.read(fields(ONE + "  ./a\n" + ONE + "  ./a\n\0"), paths("a")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        HashLines.read(fields("sha256sum: ./a: Permission denied".repeat(3) + "\n\0"), paths("a")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aListingIsBelievedNothingThatWasNotAskedFor() {
        for (String name : List.of("other", "sitemap", "site2/a")) {
            ListingBuilder listing = new ListingBuilder(paths("site"), entry -> {});
            assertThatThrownBy(() -> listing.take(seen(name))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aNameThatLeadsOutOfTheProjectIsRefused() throws Exception {
        for (String name : List.of("site/../../etc/passwd", "/etc/passwd", "site//a", "site/.")) {
            List<FileEntry> taken = new ArrayList<>();
            ListingBuilder listing = new ListingBuilder(paths("site"), taken::add);
            listing.take(seen(name));

            assertThat(taken).isEmpty();
            assertThat(listing.gaps().refused())
                    .extracting(refused -> refused.path())
                    .containsExactly(name);
        }
    }

    @Test
    void whateverElseFindComplainsAboutMakesAListingIncomplete() throws Exception {
        ListingBuilder listing = new ListingBuilder(paths("site", "gone", "it's\nü"), entry -> {});
        listing.ended("find: './/gone': No such file or directory\n"
                + "find: './/it\\'s\\n\\303\\274': No such file or directory\n"
                + "find: './/site/x': Input/output error\n"
                + "find: './/site/y': No such file or directory\n1.");

        assertThat(listing.gaps().refused())
                .extracting(refused -> refused.path())
                .containsExactly(
                        "find: './/site/x': Input/output error", "find: './/site/y': No such file or directory");
    }

    @Test
    void thatBusyBoxFindsNoAskedPathIsNoFault() throws Exception {
        ListingBuilder listing = new ListingBuilder(paths("gone", "a\nb", "file/x"), entry -> {});
        listing.ended("find: .//gone: No such file or directory\nfind: .//a\nb: No such file or directory\n"
                + "find: .//file/x: Not a directory\n123.");

        assertThat(listing.gaps().refused()).isEmpty();
        listing.requireEnd();
    }

    @Test
    void aListingThatEndsWithoutAWordIsNotWhole() throws Exception {
        ListingBuilder silent = new ListingBuilder(paths("site"), entry -> {});
        silent.ended("125.");

        assertThat(silent.gaps().refused()).hasSize(1);
        assertThatThrownBy(() -> new ListingBuilder(paths("site"), entry -> {}).requireEnd())
                .isInstanceOf(OddAnswer.class);
    }

    @Test
    void aPathThatIsToldTwiceIsNotBelieved() throws Exception {
        Found link = new Found(Found.Kind.SYMLINK, 0777, Instant.EPOCH, 0, 0, 0, "/etc", null);
        ListingBuilder directoryFirst = new ListingBuilder(paths("site"), entry -> {});
        directory(directoryFirst, "site", false);
        directory(directoryFirst, "site/a", false);
        ListingBuilder linkFirst = new ListingBuilder(paths("site"), entry -> {});
        directory(linkFirst, "site", false);
        linkFirst.take(new RelativePath("site/a"), false, link);

        assertThatThrownBy(() -> directoryFirst.take(new RelativePath("site/a"), false, link))
                .isInstanceOf(OddAnswer.class);
        assertThatThrownBy(() -> directory(linkFirst, "site/a", false)).isInstanceOf(OddAnswer.class);
    }

    @Test
    void nothingIsListedBelowALink() throws Exception {
        ListingBuilder listing = new ListingBuilder(paths("site"), entry -> {});
        directory(listing, "site", false);
        listing.take(
                new RelativePath("site/a"),
                false,
                new Found(Found.Kind.SYMLINK, 0777, Instant.EPOCH, 0, 0, 0, "/etc", null));

        assertThatThrownBy(() -> listing.take(seen("site/a/b"))).isInstanceOf(OddAnswer.class);
    }

    @Test
    @Timeout(20)
    void aListingOfVeryManyPathsIsMadeInTime() throws Exception {
        List<RelativePath> many = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            many.add(new RelativePath("site/" + i / 100 + "/" + i));
        }
        ListingBuilder listing = new ListingBuilder(many, entry -> {});
        directory(listing, "site", true);
        for (int i = 0; i < 1_000; i++) {
            directory(listing, "site/" + i, true);
        }
        for (RelativePath path : many.subList(0, 50_000)) {
            listing.take(seen(path.value()));
        }

        assertThat(listing.gaps().missing()).hasSize(50_000);
    }

    @Test
    void moreRoomThanANumberHoldsIsEnough() throws Exception {
        assertThat(Room.parse("9000000000000000000 4096 1 1").freeBytes()).isEqualTo(Long.MAX_VALUE);
    }

    private static void directory(ListingBuilder listing, String path, boolean asParent) throws IOException {
        listing.take(
                new RelativePath(path),
                asParent,
                new Found(Found.Kind.DIRECTORY, 0755, Instant.EPOCH, 0, 0, 0, null, null));
    }

    private static StatRecords.Seen seen(String name) {
        return new StatRecords.Seen(
                false,
                name.getBytes(StandardCharsets.UTF_8),
                new Found(Found.Kind.FILE, 0644, Instant.EPOCH, 1, 0, 0, null, null));
    }
}
