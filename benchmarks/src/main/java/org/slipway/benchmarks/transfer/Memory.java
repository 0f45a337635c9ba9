package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slipway.benchmarks.Machine;

/** The most memory that programs had at one time. */
final class Memory implements AutoCloseable {
    private static final long EVERY_MILLIS = 50;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private volatile long peakKib;

    private Memory(Supplier<Collection<ProcessHandle>> roots) {
        this.thread = Thread.ofPlatform().daemon().name("memory").start(() -> look(roots));
    }

    /** Watches processes and all that comes from them, looking every 50 ms; shared pages count for each that has them. */
    static Memory watch(Supplier<Collection<ProcessHandle>> roots) {
        return new Memory(roots);
    }

    private void look(Supplier<Collection<ProcessHandle>> roots) {
        try {
            do {
                long now = roots.get().stream()
                        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                        .mapToLong(Memory::residentKib)
                        .sum();
                peakKib = Math.max(peakKib, now);
            } while (!over.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long residentKib(ProcessHandle process) {
        try {
            String statm = Files.readString(Path.of("/proc", Long.toString(process.pid()), "statm"));
            return Long.parseLong(statm.split(" ", -1)[1]) * 4;
        } catch (IOException ended) {
            return 0;
        }
    }

    long peakMib() {
        return peakKib / 1024;
    }

    /** Forgets how much this JVM had at most, so that {@link #peakMibOfThisJvm()} tells of what comes now. */
    static void forgetPeakOfThisJvm() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException notAllowed) {
            // then the peak is that since the start, which is not too little
        }
    }

    static long peakMibOfThisJvm() {
        return Machine.field(Path.of("/proc/self/status"), "VmHWM") / 1024;
    }

    @Override
    public void close() {
        over.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
