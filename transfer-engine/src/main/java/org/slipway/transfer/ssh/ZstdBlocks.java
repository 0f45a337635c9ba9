package org.slipway.transfer.ssh;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A stream of zstd frames, each a block of at most 1 MiB. A block that does not become smaller goes as it is, and after a few of
 * those the next ones are not even tried: what is already compressed costs nothing.
 */
final class ZstdBlocks extends OutputStream {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int RAW_BYTES = 128 << 10;
    private static final int LEVEL = 1;
    private static final int MOST_UNTRIED = 32;
    /** A single-segment frame whose size stands in four bytes. */
    private static final byte[] RAW_FRAME = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, (byte) 0xa0};

    private final OutputStream out;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final byte[] frame = new byte[(int) Zstd.compressBound(BLOCK_BYTES)];
    private int used;
    private int untried;
    private int leaveUntried = 1;

    ZstdBlocks(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int n = Math.min(length - done, block.length - used);
            System.arraycopy(bytes, offset + done, block, used, n);
            used += n;
            done += n;
            if (used == block.length) {
                send();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (used > 0) {
            send();
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        flush();
        out.close();
    }

    private void send() throws IOException {
        if (untried > 0) {
            untried--;
            sendRaw();
        } else {
            long size = Zstd.compressByteArray(frame, 0, frame.length, block, 0, used, LEVEL);
            if (Zstd.isError(size)) {
                throw new IOException("zstd: " + Zstd.getErrorName(size));
            }
            if (size < used - used / 16) {
                leaveUntried = 1;
                out.write(frame, 0, (int) size);
            } else {
                untried = leaveUntried;
                leaveUntried = Math.min(2 * leaveUntried, MOST_UNTRIED);
                sendRaw();
            }
        }
        used = 0;
    }

    private void sendRaw() throws IOException {
        out.write(RAW_FRAME);
        out.write(new byte[] {(byte) used, (byte) (used >> 8), (byte) (used >> 16), (byte) (used >> 24)});
        for (int at = 0; at < used; at += RAW_BYTES) {
            int size = Math.min(RAW_BYTES, used - at);
            int header = size << 3 | (at + size == used ? 1 : 0);
            out.write(new byte[] {(byte) header, (byte) (header >> 8), (byte) (header >> 16)});
            out.write(block, at, size);
        }
    }
}
