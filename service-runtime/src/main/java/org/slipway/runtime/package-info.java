/** What the services that copy share: open hosts, incoming hints, progress, recording under a lease. */
@NullMarked
package org.slipway.runtime;

import org.jspecify.annotations.NullMarked;
