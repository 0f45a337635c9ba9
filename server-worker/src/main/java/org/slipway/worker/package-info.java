/** Copies releases from beta to business servers: any server that waits, any number of replicas. */
@NullMarked
package org.slipway.worker;

import org.jspecify.annotations.NullMarked;
