package org.slipway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheSlotTest {
    @TempDir
    Path base;

    @Test
    void givesEachOfSeveralADirectoryOfItsOwn() throws Exception {
        try (CacheSlot first = CacheSlot.takeFirstFree(base);
                CacheSlot second = CacheSlot.takeFirstFree(base)) {
            assertThat(first.directory()).isEqualTo(base.resolve("0"));
            assertThat(second.directory()).isEqualTo(base.resolve("1"));
        }
    }

    @Test
    void takesUpWhatTheOneBeforeLeft() throws Exception {
        try (CacheSlot before = CacheSlot.takeFirstFree(base)) {
            Files.writeString(before.directory().resolve("content"), "warm");
        }
        try (CacheSlot after = CacheSlot.takeFirstFree(base)) {
            assertThat(after.directory().resolve("content")).hasContent("warm");
        }
        try (var directories = Files.list(base)) {
            assertThat(directories).containsExactly(base.resolve("0"));
        }
    }

    @Test
    void aDirectoryThatIsOpenToOthersIsNotThisUsersAlone(@TempDir Path dir) throws Exception {
        Path open = Files.createDirectory(dir.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> CacheSlot.requireOwn(open, Files.getOwner(open)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("name another directory");
    }

    @Test
    void theTemporaryDirectoryOfACacheIsThisUsersAlone() throws Exception {
        Path own = CacheSlot.ownTemporary();

        assertThat(own.getFileName().toString()).endsWith(System.getProperty("user.name"));
        assertThat(CacheSlot.ownTemporary()).isEqualTo(own);
    }
}
