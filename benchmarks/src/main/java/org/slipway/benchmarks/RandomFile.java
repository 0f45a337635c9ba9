package org.slipway.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A file that nothing compresses. */
public final class RandomFile {
    private static final int BLOCK_BYTES = 1 << 20;

    private RandomFile() {}

    /** Writes it, or writes it anew. */
    public static void write(Path file, long bytes, Random random) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = bytes; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        }
    }
}
