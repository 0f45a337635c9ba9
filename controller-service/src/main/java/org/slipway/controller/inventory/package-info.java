/** Projects and their servers, as one document each. */
@NullMarked
package org.slipway.controller.inventory;

import org.jspecify.annotations.NullMarked;
