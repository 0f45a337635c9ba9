/**
 * Files over SSH: open a host; list and hash; read; stage; publish; archive. This package is the whole public face; it
 * knows neither Quarkus nor CDI, and no type of the SSH library shows in it.
 */
@NullMarked
package org.slipway.transfer;

import org.jspecify.annotations.NullMarked;
