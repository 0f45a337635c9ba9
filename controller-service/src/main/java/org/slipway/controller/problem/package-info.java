/** Everything that goes wrong, as RFC 9457 problem details. */
@NullMarked
package org.slipway.controller.problem;

import org.jspecify.annotations.NullMarked;
