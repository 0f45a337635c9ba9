/** The log of every state change, and its way to Kafka. */
@NullMarked
package org.slipway.persistence.transition;

import org.jspecify.annotations.NullMarked;
