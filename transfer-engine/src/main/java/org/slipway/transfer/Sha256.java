package org.slipway.transfer;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** A hash as four numbers, a third of the size of its digits: a cache knows very many. */
record Sha256(long a, long b, long c, long d) {
    private static final int DIGITS = 16;

    /** From 64 hexadecimal digits. */
    static Sha256 of(String hex) {
        return new Sha256(number(hex, 0), number(hex, 1), number(hex, 2), number(hex, 3));
    }

    private static long number(String hex, int index) {
        return HexFormat.fromHexDigitsToLong(hex, index * DIGITS, (index + 1) * DIGITS);
    }

    static Sha256 read(ByteBuffer from) {
        return new Sha256(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }

    void write(ByteBuffer to) {
        to.putLong(a).putLong(b).putLong(c).putLong(d);
    }
}
