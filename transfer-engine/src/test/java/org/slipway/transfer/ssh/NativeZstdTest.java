package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.model.HostAddress;
import org.slipway.transfer.FreshJvm;
import org.slipway.transfer.TransferException;

class NativeZstdTest {

    static final class Asked {
        private Asked() {}

        public static void main(String[] arguments) {
            HostAddress address = new HostAddress("web-1", "127.0.0.1", 22, "deploy", List.of(), "/srv/shop", null);
            System.out.println("Usable: " + NativeZstd.isUsable());
            try {
                SftpArchive.requireCompressor(BackupFormat.ZSTD, "/backups/shop.tar.zst", new Diagnosis(address));
            } catch (TransferException refused) {
                System.out.println(refused.failure().message());
            }
        }
    }

    @Test
    void isUsableWhereItCanBeUnpacked() throws Exception {
        assertThat(FreshJvm.run(Asked.class)).isEqualTo("Usable: true\n");
    }

    @Test
    void saysSoWhereItCannot(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("no-directory");

        assertThat(FreshJvm.runWithoutNativeCode(Asked.class, file))
                .contains("Usable: false\n")
                .contains("the native library for zstd cannot be loaded")
                .contains("It is unpacked into " + file)
                .contains("The backup file /backups/shop.tar.zst of web-1");
    }
}
