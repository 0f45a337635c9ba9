package org.slipway.modelcheck.sftp;

import java.util.ArrayList;
import java.util.List;

/**
 * A target without a shell, and those who write to it.
 *
 * @param fence the epoch in the file
 * @param first whose the first file is: an epoch, 0 for what was there before
 * @param second whose the second file is
 * @param writers by their epoch, from 1
 * @param stagings their directories
 */
record Host(int fence, int first, int second, List<Writer> writers, List<Staging> stagings) {

    Writer writer(int epoch) {
        return writers.get(epoch - 1);
    }

    Staging staging(int epoch) {
        return stagings.get(epoch - 1);
    }

    Host fence(int epoch) {
        return new Host(epoch, first, second, writers, stagings);
    }

    Host having(boolean firstFile, int epoch) {
        return new Host(fence, firstFile ? epoch : first, firstFile ? second : epoch, writers, stagings);
    }

    Host with(int epoch, Writer writer) {
        List<Writer> next = new ArrayList<>(writers);
        next.set(epoch - 1, writer);
        return new Host(fence, first, second, List.copyOf(next), stagings);
    }

    Host with(int epoch, Staging staging) {
        List<Staging> next = new ArrayList<>(stagings);
        next.set(epoch - 1, staging);
        return new Host(fence, first, second, writers, List.copyOf(next));
    }

    /** Whether a later writer has claimed the target. */
    boolean isOvertaken(int epoch) {
        return epoch < writers.size() && writer(epoch + 1).next() != Writer.Next.CLAIM;
    }
}
