/** What a copy has to do on a target: a pure function of the manifest and of what the target has. */
@NullMarked
package org.slipway.transfer.plan;

import org.jspecify.annotations.NullMarked;
