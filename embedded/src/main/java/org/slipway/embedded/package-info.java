/** PostgreSQL, Kafka and SSH servers on loopback, and what it takes to run processes and never leave one behind. */
@NullMarked
package org.slipway.embedded;

import org.jspecify.annotations.NullMarked;
