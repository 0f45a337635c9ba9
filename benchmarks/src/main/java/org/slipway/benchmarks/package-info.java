/** How fast and how big Slipway is. */
@NullMarked
package org.slipway.benchmarks;

import org.jspecify.annotations.NullMarked;
