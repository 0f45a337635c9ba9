/** What the installation as a whole is doing, for reading. */
@NullMarked
package org.slipway.controller.system;

import org.jspecify.annotations.NullMarked;
