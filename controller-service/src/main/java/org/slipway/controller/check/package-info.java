/** Whether Slipway can work on a server. */
@NullMarked
package org.slipway.controller.check;

import org.jspecify.annotations.NullMarked;
