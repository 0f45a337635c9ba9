/** Projects: one release train each. */
@NullMarked
package org.slipway.persistence.project;

import org.jspecify.annotations.NullMarked;
