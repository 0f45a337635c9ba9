package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Adler32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.transfer.BlockInput;

class DifferencesTest {
    private static final int BLOCK = 16 << 10;

    /** Adler-32 of a block of zeros: the one sum is 1, the other how long it is. */
    private static final int ADLER_OF_ZEROS = BLOCK << 16 | 1;

    private final byte[] there = random(1, 40 * BLOCK + 100);

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** The sums as a host tells them, of whole blocks only. */
    private static BlockSums sums(byte[] of) throws Exception {
        ByteBuffer sums = ByteBuffer.allocate(of.length / BLOCK * BlockSums.BYTES_EACH);
        for (int at = 0; at + BLOCK <= of.length; at += BLOCK) {
            Adler32 adler = new Adler32();
            adler.update(of, at, BLOCK);
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(of, at, BLOCK);
            sums.putInt((int) adler.getValue())
                    .putLong(ByteBuffer.wrap(md5.digest()).getLong());
        }
        return BlockSums.read(new ByteArrayInputStream(sums.array()), of.length / BLOCK, of.length, BLOCK);
    }

    /** Differences as they are put together again. */
    private static final class Sent {
        private final ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        private int largest;

        private void piece(long sizeBytes, InputStream piece) throws IOException {
            byte[] bytes = piece.readAllBytes();
            assertThat(bytes).hasSize(Math.toIntExact(sizeBytes));
            largest = Math.max(largest, bytes.length);
            pieces.writeBytes(bytes);
        }
    }

    private static Sent send(byte[] there, byte[] content) throws Exception {
        AtomicLong read = new AtomicLong();
        Sent sent = new Sent();
        Differences.send(new ByteArrayInputStream(content), content.length, sums(there), read::addAndGet, sent::piece);
        assertThat(made(there, sent.pieces.toByteArray())).isEqualTo(content);
        assertThat(read).hasValue(content.length);
        return sent;
    }

    /** Checks that the differences make the content, and gives their length. */
    private static long lengthOfDifferences(byte[] there, byte[] content) throws Exception {
        return send(there, content).pieces.size();
    }

    private static byte[] made(byte[] there, byte[] lines) {
        ByteBuffer in = ByteBuffer.wrap(lines);
        ByteArrayOutputStream made = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            StringBuilder line = new StringBuilder();
            for (byte b = in.get(); b != '\n'; b = in.get()) {
                line.append((char) b);
            }
            String[] words = line.toString().split(" ");
            int length = Integer.parseInt(words[1]);
            if (words[0].equals("-")) {
                made.write(lines, in.position(), length);
                in.position(in.position() + length);
            } else {
                made.write(there, Integer.parseInt(words[0]), length);
            }
        }
        return made.toByteArray();
    }

    @Test
    void sameContentIsNearlyNothing() throws Exception {
        assertThat(lengthOfDifferences(there, Arrays.copyOf(there, 40 * BLOCK))).isLessThan(20);
        assertThat(lengthOfDifferences(there, there)).isLessThan(150);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, 20 * BLOCK + 7, 40 * BLOCK + 99})
    void aByteThatChangedIsABlockOrTheEnd(int at) throws Exception {
        byte[] content = there.clone();
        content[at] ^= 1;

        assertThat(lengthOfDifferences(there, content)).isLessThan(BLOCK + 250);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5 * BLOCK + 3, 40 * BLOCK + 100})
    void whatWasPutInOrTakenOutMovesTheRest(int at) throws Exception {
        byte[] head = Arrays.copyOf(there, at);
        byte[] tail = Arrays.copyOfRange(there, at, there.length);

        assertThat(lengthOfDifferences(there, joined(head, random(2, 1_000), tail)))
                .isLessThan(BLOCK + 1_400);
        assertThat(lengthOfDifferences(
                        there, joined(head, Arrays.copyOfRange(tail, Math.min(tail.length, 777), tail.length))))
                .isLessThan(2 * BLOCK + 400);
    }

    @Test
    void partsThatChangedPlacesAreFound() throws Exception {
        byte[] content = joined(Arrays.copyOfRange(there, 20 * BLOCK, 40 * BLOCK), Arrays.copyOf(there, 20 * BLOCK));

        assertThat(lengthOfDifferences(there, content)).isLessThan(50);
    }

    @Test
    void blocksThatAreAllTheSameAreFound() throws Exception {
        byte[] zeros = new byte[30 * BLOCK];
        byte[] content = zeros.clone();
        content[10 * BLOCK + 5] = 1;

        assertThat(lengthOfDifferences(zeros, content)).isLessThan(BLOCK + 500);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5, 600_000, 5 << 20, 20 << 20})
    void whatIsNotThereIsSentAsItIs(int length) throws Exception {
        assertThat(lengthOfDifferences(there, random(3, length))).isBetween((long) length, length + 1_000L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void makeTheContentWhateverWasEdited(long seed) throws Exception {
        Random random = new Random(seed);
        byte[] content = there;
        for (int edit = 0; edit < 6; edit++) {
            int at = random.nextInt(content.length + 1);
            int gone = random.nextInt(Math.min(3 * BLOCK, content.length - at) + 1);
            int come = random.nextInt(2 * BLOCK);
            content = joined(
                    Arrays.copyOf(content, at),
                    random(seed + edit, come),
                    Arrays.copyOfRange(content, at + gone, content.length));
        }

        lengthOfDifferences(there, content);
    }

    @Test
    void whatDiffersIsSentInPiecesAndWhatIsNotLookedAtAsOne() throws Exception {
        byte[] content = random(4, 40 << 20);
        assertThat(send(there, content).largest).isBetween(34 << 20, 36 << 20);

        System.arraycopy(there, 0, content, 0, BLOCK);
        assertThat(send(there, content).largest).isLessThan(1 << 20);
    }

    /** One sum of a block of zeros fits wherever the content has nothing else, and the other never. */
    @Test
    void sumsThatWereMadeUpToFitEverywhereAreNotFollowedForEver() throws Exception {
        byte[] content = new byte[200_000];
        ByteBuffer sums = ByteBuffer.allocate(1_000 * BlockSums.BYTES_EACH);
        for (int i = 0; i < 1_000; i++) {
            sums.putInt(ADLER_OF_ZEROS).putLong(42 + i);
        }
        BlockSums madeUp = BlockSums.read(new ByteArrayInputStream(sums.array()), 1_000, 1_000L * BLOCK, BLOCK);
        Sent sent = new Sent();

        long inVain =
                Differences.send(new ByteArrayInputStream(content), content.length, madeUp, bytes -> {}, sent::piece);

        assertThat(inVain).isBetween(1L, Differences.MOST_LOOKED_AT_IN_VAIN_BYTES + 4 * content.length + BLOCK);
        assertThat(made(there, sent.pieces.toByteArray())).isEqualTo(content);
    }

    @Test
    void aBlockThatIsThereIsFoundAmongOthersWithTheSameSum() throws Exception {
        ByteBuffer sums = ByteBuffer.allocate(21 * BlockSums.BYTES_EACH);
        for (int i = 0; i < 20; i++) {
            sums.putInt(ADLER_OF_ZEROS).putLong(i);
        }
        byte[] zeros = new byte[BLOCK];
        sums.putInt(ADLER_OF_ZEROS)
                .putLong(ByteBuffer.wrap(MessageDigest.getInstance("MD5").digest(zeros))
                        .getLong());
        BlockSums there = BlockSums.read(new ByteArrayInputStream(sums.array()), 21, 21 * BLOCK, BLOCK);
        Sent sent = new Sent();

        Differences.send(new ByteArrayInputStream(zeros), BLOCK, there, bytes -> {}, sent::piece);

        assertThat(sent.pieces).hasToString(20 * BLOCK + " " + BLOCK + "\n");
    }

    @Test
    void aContentThatBreaksOffIsNone() throws Exception {
        InputStream broken = new BlockInput() {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw new IOException("it broke off");
            }
        };
        BlockSums sums = sums(there);

        assertThatThrownBy(() -> Differences.send(broken, 1_000_000, sums, bytes -> {}, (size, piece) -> {}))
                .hasMessage("it broke off");
    }

    @Test
    void noMoreBlocksAreKeptThanTheFileHad() throws Exception {
        assertThatThrownBy(() -> BlockSums.read(new ByteArrayInputStream(new byte[20]), 2, 2 * BLOCK, BLOCK))
                .isInstanceOf(EOFException.class);
        InputStream more = new ByteArrayInputStream(new byte[5 * BlockSums.BYTES_EACH + 1]);
        assertThat(BlockSums.read(more, 5, BLOCK - 1, BLOCK).isEmpty()).isTrue();
        assertThat(more.available()).isEqualTo(1);
        assertThatThrownBy(() -> BlockSums.read(more, Long.MAX_VALUE / 2, BLOCK, BLOCK))
                .isInstanceOf(OddAnswer.class);
    }

    @Test
    void blocksAreLongerTheMoreThereIs() {
        assertThat(BlockSums.blockBytes(200 << 20)).hasValue(16 << 10);
        assertThat(BlockSums.blockBytes(8L << 30)).hasValue(512 << 10);
        assertThat(BlockSums.blockBytes(1L << 40)).isEmpty();
    }
}
