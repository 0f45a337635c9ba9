/** Servers, and who may copy to one right now. */
@NullMarked
package org.slipway.persistence.server;

import org.jspecify.annotations.NullMarked;
