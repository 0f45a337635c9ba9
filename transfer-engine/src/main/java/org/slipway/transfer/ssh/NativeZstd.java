package org.slipway.transfer.ssh;

import com.github.luben.zstd.util.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether streams can be compressed: zstd is native code, which is unpacked first. */
final class NativeZstd {
    private static final Logger LOG = LoggerFactory.getLogger(NativeZstd.class);

    private static final boolean USABLE = load();

    private NativeZstd() {}

    private static boolean load() {
        try {
            Native.load();
            return true;
        } catch (LinkageError unusable) {
            LOG.warn(
                    "Streams over slow links are not compressed, and hosts without a shell get no .tar.zst: the native library for zstd"
                            + " cannot be loaded ({}). It is unpacked into {}, from where it must be allowed to load it (no noexec;"
                            + " -Djava.io.tmpdir names another directory).",
                    unusable.toString(),
                    System.getProperty("java.io.tmpdir"));
            return false;
        }
    }

    static boolean isUsable() {
        return USABLE;
    }
}
