/** All of Slipway on one machine: what it needs, the services as processes of their own, and a demo release. */
@NullMarked
package org.slipway.quickstart;

import org.jspecify.annotations.NullMarked;
