package org.slipway.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedDocumentTest {

    private final Path root;
    private final GeneratedDocument document;

    GeneratedDocumentTest(@TempDir Path root) {
        this.root = root;
        document = new GeneratedDocument(root, "docs/page.md", "make page");
        document.check("text\n", true);
    }

    @Test
    void isContentWithAFileThatSaysTheSame() {
        assertThatCode(() -> document.check("text\n", false)).doesNotThrowAnyException();
    }

    @Test
    void namesTheCommandWhenTheFileIsStale() {
        assertThatThrownBy(() -> document.check("new text\n", false))
                .isInstanceOf(AssertionError.class)
                .hasMessage("docs/page.md is stale; write it anew with: make page");
    }

    @Test
    void namesTheCommandWhenTheFileIsMissing() throws Exception {
        Files.delete(root.resolve("docs/page.md"));

        assertThatThrownBy(() -> document.check("text\n", false))
                .isInstanceOf(AssertionError.class)
                .hasMessage("docs/page.md is stale; write it anew with: make page");
    }

    @Test
    void replacesAStaleFileWhenAsked() throws Exception {
        document.check("new text\n", true);

        assertThat(root.resolve("docs/page.md")).hasContent("new text\n");
    }

    @Test
    void theRootIsTheOutermostDirectoryWithAPom() throws Exception {
        Path module = Files.createDirectories(root.resolve("outside/repository/module"));
        Files.createFile(module.resolve("pom.xml"));
        Files.createFile(module.resolveSibling("pom.xml"));

        assertThat(GeneratedDocument.repositoryRoot(module)).isEqualTo(module.getParent());
    }
}
