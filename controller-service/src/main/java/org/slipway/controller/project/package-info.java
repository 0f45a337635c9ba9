/** Projects and servers by name. */
@NullMarked
package org.slipway.controller.project;

import org.jspecify.annotations.NullMarked;
