/** Where the engine's hashes and ciphers come from. */
@NullMarked
package org.slipway.transfer.crypto;

import org.jspecify.annotations.NullMarked;
