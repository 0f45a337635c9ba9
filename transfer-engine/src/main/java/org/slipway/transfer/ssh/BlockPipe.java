package org.slipway.transfer.ssh;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.TransferException;

/**
 * Standard input of a remote command. Whoever fills it fills blocks of 256 KiB; a thread of its own sends them, so that making and
 * encrypting go on at the same time and a full window never keeps the filler from being stopped.
 */
final class BlockPipe extends OutputStream {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int BLOCKS = 8;
    private static final int PIECE_BYTES = 32 << 10;
    private static final int FEED_BYTES = 32 << 10;
    private static final Duration FINISH = Duration.ofSeconds(1);

    private record Block(byte[] bytes, int length) {}

    private static final Block FLUSH = new Block(new byte[0], 0);
    private static final Block END = new Block(new byte[0], 0);

    private final OutputStream remote;
    private final Pulse pulse;
    private final Link link;
    private final boolean closes;
    private final ArrayBlockingQueue<Block> full = new ArrayBlockingQueue<>(BLOCKS);
    private final ArrayBlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(BLOCKS + 2);
    private byte[] block = new byte[0];
    private int used;
    private boolean ended;
    private @Nullable Thread sender;
    private volatile @Nullable IOException broken;
    private volatile boolean abandoned;

    /**
     * @param closes whether the end of the pipe is the end of file of the command
     */
    BlockPipe(OutputStream remote, Pulse pulse, Link link, boolean closes) {
        this.remote = remote;
        this.pulse = pulse;
        this.link = link;
        this.closes = closes;
    }

    /** Something that writes to the pipe. */
    interface Filler {
        void fill(OutputStream out) throws IOException;
    }

    /** Fills the pipe from a thread of its own and then ends it. What breaks meanwhile shows in the answer. */
    void feed(Filler filler) {
        ended = true;
        sender = Thread.ofVirtual().name("slipway-stdin").start(() -> {
            try {
                OutputStream out = new BufferedOutputStream(remote, FEED_BYTES);
                filler.fill(out);
                out.flush();
                endRemote();
            } catch (IOException e) {
                broken = e;
            }
        });
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (block.length == 0) {
                byte[] reused = empty.poll();
                block = reused != null ? reused : new byte[BLOCK_BYTES];
            }
            int n = Math.min(length - done, block.length - used);
            System.arraycopy(bytes, offset + done, block, used, n);
            used += n;
            done += n;
            if (used == block.length) {
                put(new Block(block, used));
                block = new byte[0];
                used = 0;
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (used > 0) {
            put(new Block(block, used));
            block = new byte[0];
            used = 0;
        }
        put(FLUSH);
    }

    /** End of file for the command. */
    @Override
    public void close() throws IOException {
        if (!ended) {
            if (used > 0) {
                put(new Block(block, used));
            }
            ended = true;
            if (closes || sender != null) {
                put(END);
            }
        }
    }

    /** Ends the pipe in order, so that another one can be put on the same command. {@code false} when that did not work. */
    boolean finish() {
        try {
            close();
            Thread running = sender;
            return (running == null || running.join(FINISH)) && broken == null;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops sending; the command may see a cut-off stream. Never throws. */
    void abandon() {
        abandoned = true;
        ended = true;
        Thread running = sender;
        if (running != null && running.isAlive()) {
            running.interrupt();
        }
    }

    private void put(Block next) throws IOException {
        if (sender == null) {
            sender = Thread.ofVirtual().name("slipway-stdin").start(this::send);
        }
        try {
            while (!full.offer(next, 100, TimeUnit.MILLISECONDS)) {
                pulse.beat();
                throwIfBroken();
                link.pace().look();
            }
            pulse.beat();
            throwIfBroken();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (TransferException e) {
            throw new CarriedFailure(e);
        }
    }

    private void throwIfBroken() throws IOException {
        IOException why = broken;
        if (why instanceof TooSlowException slow) {
            throw slow;
        }
        if (why != null) {
            // What the library says of it names its own classes, and is for the log.
            throw new IOException("the host takes no more data", why);
        }
    }

    private void endRemote() throws IOException {
        if (closes) {
            remote.close();
        } else {
            remote.flush();
        }
    }

    /** In pieces, each of which is seen to go. */
    private void write(Block next) throws IOException {
        for (int from = 0; from < next.length(); from += PIECE_BYTES) {
            int length = Math.min(PIECE_BYTES, next.length() - from);
            int gone = 0;
            link.pace().begin();
            try {
                remote.write(next.bytes(), from, length);
                gone = length;
            } finally {
                link.pace().end(gone);
            }
        }
    }

    /** Whoever waits for something else than the pipe looks here whether what is in it goes fast enough. */
    void requirePace() throws TooSlowException {
        if (broken instanceof TooSlowException slow) {
            throw slow;
        }
        if (sender != null) {
            link.pace().look();
        }
    }

    private void send() {
        try {
            while (!abandoned) {
                Block next = full.take();
                if (next == END) {
                    endRemote();
                    return;
                }
                if (next == FLUSH) {
                    remote.flush();
                } else {
                    long began = System.nanoTime();
                    link.pass(next.length());
                    write(next);
                    // With less the time is what each command takes, however fast the link is.
                    if (next.length() == BLOCK_BYTES) {
                        link.sent(BLOCK_BYTES, System.nanoTime() - began);
                    }
                    boolean unused = empty.offer(next.bytes());
                }
            }
        } catch (IOException e) {
            broken = e;
        } catch (InterruptedException e) {
            broken = new InterruptedIOException("abandoned");
        }
    }
}
