/** A whole Slipway for tests and benchmarks: the packaged services as processes, and everything around them. */
@NullMarked
package org.slipway.system;

import org.jspecify.annotations.NullMarked;
