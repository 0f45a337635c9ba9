/** A breadth-first search over every state of a small model. */
@NullMarked
package org.slipway.modelcheck.search;

import org.jspecify.annotations.NullMarked;
