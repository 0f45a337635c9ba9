/** What is under way in the whole installation, for reading. */
@NullMarked
package org.slipway.persistence.overview;

import org.jspecify.annotations.NullMarked;
