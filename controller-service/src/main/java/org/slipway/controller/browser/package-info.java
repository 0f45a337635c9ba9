/** What a web page that an operator has open may not do here in the operator's name. */
@NullMarked
package org.slipway.controller.browser;

import org.jspecify.annotations.NullMarked;
