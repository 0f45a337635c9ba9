/** Carries the transition log to Kafka, in order per key, at least once. */
@NullMarked
package org.slipway.persistence.relay;

import org.jspecify.annotations.NullMarked;
