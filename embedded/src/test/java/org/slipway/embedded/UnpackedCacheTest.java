package org.slipway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedCacheTest {

    private static final String PROPERTY = "slipway.cache";

    private final Path home;

    UnpackedCacheTest(@TempDir Path home) {
        this.home = home;
        System.setProperty(PROPERTY, home.toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty(PROPERTY);
    }

    @Test
    void unpacksOnce() {
        List<Path> unpacked = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Path directory = UnpackedCache.directory("program-1", into -> {
                unpacked.add(into);
                Files.writeString(into.resolve("file"), "content");
            });
            assertThat(directory.resolve("file")).hasContent("content");
        }
        assertThat(unpacked).hasSize(1);
    }

    @Test
    void leavesNothingHalfUnpackedAndTriesAgain() {
        assertThatThrownBy(() -> UnpackedCache.directory("program-1", into -> {
                    Files.writeString(into.resolve("file"), "con");
                    throw new IOException("no space left on device");
                }))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("no space left on device")
                .hasMessageContaining("-Dslipway.cache=DIR");
        assertThat(home).isEmptyDirectory();
        assertThat(UnpackedCache.directory("program-1", into -> Files.writeString(into.resolve("file"), "content")))
                .isDirectoryContaining("glob:**/file");
    }

    @Test
    void isWholeForBothWhenTwoUnpackAtTheSameTime() throws Exception {
        CyclicBarrier bothUnpacked = new CyclicBarrier(2);
        try (ExecutorService two = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Path>> results = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                results.add(two.submit(() -> UnpackedCache.directory("program-1", into -> {
                    Files.writeString(into.resolve("file"), "content");
                    try {
                        bothUnpacked.await();
                    } catch (Exception broken) {
                        throw new IOException(broken);
                    }
                })));
            }
            for (Future<Path> result : results) {
                assertThat(result.get().resolve("file")).hasContent("content");
            }
        }
        assertThat(home).isDirectoryContaining("glob:**/program-1");
        try (var left = Files.list(home)) {
            assertThat(left).hasSize(1);
        }
    }
}
