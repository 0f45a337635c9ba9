/** Releases, leases, copies and backups: what the services and the targets do, small enough to look at every order of it. */
@NullMarked
package org.slipway.modelcheck.release;

import org.jspecify.annotations.NullMarked;
