package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.transfer.FreshJvm;

class NativeZstdTest {

    static final class Asked {
        private Asked() {}

        public static void main(String[] arguments) {
            System.out.println("Usable: " + NativeZstd.isUsable());
        }
    }

    @Test
    void isUsableWhereItCanBeUnpacked() throws Exception {
        assertThat(FreshJvm.run(Asked.class)).isEqualTo("Usable: true\n");
    }

    @Test
    void saysSoWhereItCannot(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("no-directory"));

        assertThat(FreshJvm.run(Asked.class, "-Djava.io.tmpdir=" + file))
                .contains("Usable: false\n")
                .contains("the native library for zstd cannot be loaded")
                .contains("is unpacked into " + file);
    }
}
