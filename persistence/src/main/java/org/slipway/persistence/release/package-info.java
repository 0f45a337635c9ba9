/** Releases, their paths, manifests, backups and rollouts. */
@NullMarked
package org.slipway.persistence.release;

import org.jspecify.annotations.NullMarked;
