/** Where tests make a service die, stand still or fail. */
@NullMarked
package org.slipway.model.failpoint;

import org.jspecify.annotations.NullMarked;
