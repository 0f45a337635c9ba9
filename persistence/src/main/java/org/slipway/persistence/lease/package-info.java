/** Work under a lease: claiming, renewing, and stopping in time. */
@NullMarked
package org.slipway.persistence.lease;

import org.jspecify.annotations.NullMarked;
