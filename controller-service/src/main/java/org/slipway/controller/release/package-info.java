/** Releases: made, started, promoted, retried, cancelled, shown. */
@NullMarked
package org.slipway.controller.release;

import org.jspecify.annotations.NullMarked;
