/** Errors for people. */
@NullMarked
package org.slipway.persistence.journal;

import org.jspecify.annotations.NullMarked;
