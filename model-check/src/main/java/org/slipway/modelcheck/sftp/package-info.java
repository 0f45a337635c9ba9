/** A target without a shell, where there is no lock: what {@code SftpTarget} does, one request at a time. */
@NullMarked
package org.slipway.modelcheck.sftp;

import org.jspecify.annotations.NullMarked;
