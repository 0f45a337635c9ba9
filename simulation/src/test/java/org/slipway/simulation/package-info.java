/**
 * The services' own code in a world that is made: its clocks, threads, broker and servers are simulated, its database is a real
 * PostgreSQL, and one seed decides everything that is left to chance. Begin with {@code World}, then {@code Schedule}.
 */
@NullMarked
package org.slipway.simulation;

import org.jspecify.annotations.NullMarked;
