/** Real PostgreSQL and Kafka for tests, whatever the machine has. */
@NullMarked
package org.slipway.testing;

import org.jspecify.annotations.NullMarked;
