package org.slipway.system;

/** Makes docs/faults.md of what a whole run showed. */
public final class FaultsPage {
    private FaultsPage() {}

    public static void main(String[] arguments) {}
}
