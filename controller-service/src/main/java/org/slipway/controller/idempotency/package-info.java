/** A POST with an Idempotency-Key is carried out once. */
@NullMarked
package org.slipway.controller.idempotency;

import org.jspecify.annotations.NullMarked;
