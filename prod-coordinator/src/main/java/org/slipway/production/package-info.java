/** Takes releases through production: the backup, the business servers, completion. */
@NullMarked
package org.slipway.production;

import org.jspecify.annotations.NullMarked;
