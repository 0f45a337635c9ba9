/** Documents that are written from the code, and the check that they still say what the code does. */
@NullMarked
package org.slipway.document;

import org.jspecify.annotations.NullMarked;
