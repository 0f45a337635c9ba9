package org.slipway.transfer.ssh;

import org.slipway.transfer.Host.CopyResult;
import org.slipway.transfer.TransferException;

/** Counts what a copy has sent, tells the watcher of it, and asks whether to go on. For use by any number of threads. */
final class Tally {
    private final Pulse pulse;
    private Parts.Need toDo = Parts.Need.NONE;
    private long files;
    private long bytes;
    private long unchanged;

    Tally(Pulse pulse) {
        this.pulse = pulse;
    }

    /** What there is to do, as far as is known before. */
    synchronized void expect(Parts.Need need) {
        toDo = need;
    }

    /** One part of several was planned: what it comes to, where something else was thought before. */
    synchronized void correct(Parts.Need guessed, Release planned) {
        toDo = new Parts.Need(
                toDo.files() - guessed.files() + planned.files().size(),
                toDo.bytes() - guessed.bytes() + planned.bytes());
    }

    synchronized long bytesToDo() {
        return Math.max(toDo.bytes(), bytes);
    }

    synchronized void unchanged(long count) {
        unchanged += count;
    }

    synchronized void bytes(int count) throws CarriedFailure {
        bytes += count;
        tell();
    }

    synchronized void file() throws CarriedFailure {
        files++;
        tell();
    }

    private void tell() throws CarriedFailure {
        try {
            pulse.beat();
        } catch (TransferException e) {
            throw new CarriedFailure(e);
        }
        pulse.progress(files, Math.max(files, toDo.files()), bytes, Math.max(bytes, toDo.bytes()));
    }

    /** All is done. */
    synchronized void tellLast() {
        pulse.progressLast(files, bytes);
    }

    synchronized CopyResult result() {
        return new CopyResult(files, bytes, unchanged);
    }
}
