/** How fast Slipway copies, beside what people use instead. */
@NullMarked
package org.slipway.benchmarks.transfer;

import org.jspecify.annotations.NullMarked;
