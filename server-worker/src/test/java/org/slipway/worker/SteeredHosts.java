package org.slipway.worker;

import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import org.slipway.testing.FakeHosts;

/** Stands in for the transfer engine where a test steers how transfers end. */
@Alternative
@Singleton
class SteeredHosts extends FakeHosts {}
