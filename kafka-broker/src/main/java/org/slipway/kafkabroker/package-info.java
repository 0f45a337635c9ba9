/** A Kafka broker as a process of its own, for the quick start and for tests. */
@NullMarked
package org.slipway.kafkabroker;

import org.jspecify.annotations.NullMarked;
