package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.slipway.model.FileEntry;
import org.slipway.transfer.BlockInput;
import org.slipway.transfer.TransferException;

/** The content of one file out of a longer stream: ends after its size, and its last read fails when the hash is not the entry's. */
final class CheckedContent extends BlockInput {
    private final InputStream in;
    private final FileEntry file;
    private final Diagnosis diagnosis;
    private final MessageDigest digest;
    private long left;
    private boolean checked;

    /**
     * @param digest one for many contents, as long as they are read one after another
     */
    CheckedContent(InputStream in, FileEntry file, Diagnosis diagnosis, MessageDigest digest) throws CarriedFailure {
        this.in = in;
        this.file = file;
        this.diagnosis = diagnosis;
        this.digest = digest;
        digest.reset();
        this.left = file.sizeBytes();
        if (left == 0) {
            check();
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int n = in.read(into, offset, (int) Math.min(length, left));
        if (n < 0) {
            throw new CarriedFailure(diagnosis.sourceChanged(file.path()));
        }
        digest.update(into, offset, n);
        left -= n;
        if (left == 0) {
            check();
        }
        return n;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(left, in.available());
    }

    private void check() throws CarriedFailure {
        checked = true;
        String hash = HexFormat.of().formatHex(digest.digest());
        if (!hash.equals(file.sha256())) {
            throw new CarriedFailure(diagnosis.sourceChanged(file.path()));
        }
    }

    /** Reads what the taker left unread, so that the next file begins where it begins. */
    void finish() throws IOException, TransferException {
        if (left > 0) {
            byte[] rest = new byte[8192];
            while (read(rest, 0, rest.length) >= 0) {}
        }
        if (!checked) {
            throw diagnosis.sourceChanged(file.path());
        }
    }
}
