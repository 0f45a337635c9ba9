/** Copies releases from the development server to beta, and freezes their manifests. */
@NullMarked
package org.slipway.beta;

import org.jspecify.annotations.NullMarked;
