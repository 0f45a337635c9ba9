/** What Slipway tells the world: one record per event, CloudEvents JSON around it, and the topics that carry it. */
@NullMarked
package org.slipway.model.message;

import org.jspecify.annotations.NullMarked;
