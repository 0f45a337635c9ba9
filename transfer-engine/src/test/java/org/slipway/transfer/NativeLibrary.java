package org.slipway.transfer;

import org.junit.jupiter.api.Assumptions;
import org.slipway.transfer.crypto.NativeCrypto;

/** The library for AES and SHA-256, which another C library or a directory that allows no programs keeps out. */
public final class NativeLibrary {

    private NativeLibrary() {}

    /** Where tools must be there, as in CI, a test fails without it; elsewhere it is skipped. */
    public static void require() {
        Assumptions.assumeTrue(
                Boolean.getBoolean("slipway.require.tools") || NativeCrypto.provider() != null,
                "the native library for AES and SHA-256 cannot be loaded: not tested");
    }
}
