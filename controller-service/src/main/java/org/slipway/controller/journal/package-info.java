/** The journals, for reading. */
@NullMarked
package org.slipway.controller.journal;

import org.jspecify.annotations.NullMarked;
