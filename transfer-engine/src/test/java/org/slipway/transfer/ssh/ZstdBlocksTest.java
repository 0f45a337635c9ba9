package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.transfer.Installed;

class ZstdBlocksTest {
    private static final int MIB = 1 << 20;

    @Test
    void whatIsCompressedComesBackTheSame() throws Exception {
        byte[] text = "some text that repeats itself, ".repeat(100_000).getBytes();

        byte[] sent = sent(text);

        assertThat(sent.length).isLessThan(text.length / 10);
        assertThat(unpacked(sent)).isEqualTo(text);
    }

    @Test
    void whatDoesNotBecomeSmallerGoesAsItIs() throws Exception {
        byte[] noise = new byte[5 * MIB + 12_345];
        new Random(1).nextBytes(noise);

        byte[] sent = sent(noise);

        assertThat(sent.length - noise.length).isBetween(0, 1_000);
        assertThat(unpacked(sent)).isEqualTo(noise);
    }

    @Test
    void aChangeFromNoiseToTextIsNoticed() throws Exception {
        byte[] mixed = new byte[80 * MIB];
        byte[] noise = new byte[10 * MIB];
        new Random(1).nextBytes(noise);
        System.arraycopy(noise, 0, mixed, 0, noise.length);

        byte[] sent = sent(mixed);

        assertThat(sent.length).isLessThan(60 * MIB);
        assertThat(unpacked(sent)).isEqualTo(mixed);
    }

    @Test
    void theToolOfTheTargetUnpacksIt(@TempDir Path dir) throws Exception {
        Installed.require("zstd", "zstd");
        byte[] mixed = new byte[3 * MIB];
        new Random(1).nextBytes(mixed);
        System.arraycopy(new byte[MIB], 0, mixed, MIB, MIB);
        Path file = Files.write(dir.resolve("x.zst"), sent(mixed));

        Process zstd = new ProcessBuilder("/usr/bin/zstd", "-dc", file.toString()).start();

        assertThat(zstd.getInputStream().readAllBytes()).isEqualTo(mixed);
        assertThat(zstd.waitFor()).isZero();
    }

    private static byte[] sent(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdBlocks blocks = new ZstdBlocks(out)) {
            for (int at = 0; at < content.length; at += 100_000) {
                blocks.write(content, at, Math.min(100_000, content.length - at));
            }
        }
        return out.toByteArray();
    }

    private static byte[] unpacked(byte[] sent) throws IOException {
        try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(sent)).setContinuous(false)) {
            return in.readAllBytes();
        }
    }
}
