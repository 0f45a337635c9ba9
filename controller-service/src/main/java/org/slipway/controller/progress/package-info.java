/** How far copies are, as Kafka tells it: kept in memory, worth nothing once a copy is over. */
@NullMarked
package org.slipway.controller.progress;

import org.jspecify.annotations.NullMarked;
