/** What callers send, read strictly. */
@NullMarked
package org.slipway.controller.body;

import org.jspecify.annotations.NullMarked;
