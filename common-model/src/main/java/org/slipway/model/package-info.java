/** Slipway's words as types: the lifecycles, and the values that every part agrees on. Pure Java. */
@NullMarked
package org.slipway.model;

import org.jspecify.annotations.NullMarked;
