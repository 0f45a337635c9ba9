/** What every service shares of the truth in PostgreSQL. */
@NullMarked
package org.slipway.persistence;

import org.jspecify.annotations.NullMarked;
