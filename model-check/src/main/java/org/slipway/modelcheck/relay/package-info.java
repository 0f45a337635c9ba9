/** The way of the transition rows to Kafka and to whoever reads them there. */
@NullMarked
package org.slipway.modelcheck.relay;

import org.jspecify.annotations.NullMarked;
