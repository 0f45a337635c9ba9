package org.slipway.benchmarks.kills;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What is released: one directory with small files and a big one, every one of them different in each release and as long as before.
 *
 * @param smallFiles how many
 * @param bigMb size of the big one
 */
record Site(int smallFiles, int bigMb) {
    /** What is released, below the project directory. */
    static final String NAME = "app";

    private static final String BIG = NAME + "/big.bin";
    private static final int FILES_PER_DIRECTORY = 100;
    private static final int WATCHED_SMALL = 7;
    private static final int BLOCK = 1_000_000;

    private static String small(int number) {
        return "%s/part-%02d/page-%04d.html".formatted(NAME, number / FILES_PER_DIRECTORY, number);
    }

    /** Paths at which a reader looks: the big file, and some from the first small one to the last. */
    List<String> watched() {
        List<String> watched = new ArrayList<>(List.of(BIG));
        IntStream.range(0, WATCHED_SMALL)
                .map(i -> i * (smallFiles - 1) / (WATCHED_SMALL - 1))
                .distinct()
                .forEach(i -> watched.add(small(i)));
        return watched;
    }

    /** Writes a release of it in the place of the one that is there. */
    Edition write(Path root, int release) throws IOException {
        SortedMap<String, String> hashes = new TreeMap<>();
        for (int i = 0; i < smallFiles; i++) {
            byte[] content = page(release, i);
            Path file = root.resolve(small(i));
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            hashes.put(small(i), Edition.hash(content));
        }
        hashes.put(BIG, big(root.resolve(BIG), release));
        return new Edition(release, hashes);
    }

    private static byte[] page(int release, int number) {
        String line = "Release %06d, page %04d.\n".formatted(release, number);
        int size = 1000 + number * 7919 % 7000;
        return line.repeat(size / line.length() + 1).substring(0, size).getBytes(StandardCharsets.US_ASCII);
    }

    private String big(Path file, int release) throws IOException {
        MessageDigest digest = Edition.sha256();
        Random random = new Random(release);
        byte[] block = new byte[BLOCK];
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            for (int i = 0; i < bigMb; i++) {
                random.nextBytes(block);
                byte[] line =
                        "Release %06d, block %04d.\n".formatted(release, i).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(line, 0, block, 0, line.length);
                out.write(block);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public String toString() {
        return "%,d small files and one of %d MB".formatted(smallFiles, bigMb);
    }
}
