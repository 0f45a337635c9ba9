/** The REST API of Slipway. Adapters hold no rules; one use case is one transaction. */
@NullMarked
package org.slipway.controller;

import org.jspecify.annotations.NullMarked;
