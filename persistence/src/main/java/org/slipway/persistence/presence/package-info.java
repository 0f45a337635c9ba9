/** Which processes there are, and whether they live. */
@NullMarked
package org.slipway.persistence.presence;

import org.jspecify.annotations.NullMarked;
