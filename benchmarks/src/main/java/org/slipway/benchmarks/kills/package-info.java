/** What is left on servers when whoever copies is killed: Slipway's, beside what people use instead. */
@NullMarked
package org.slipway.benchmarks.kills;

import org.jspecify.annotations.NullMarked;
