/** Holds the Dockerfile, the compose file and the manifests to each other, offline. */
@NullMarked
package org.slipway.deploy;

import org.jspecify.annotations.NullMarked;
