package org.slipway.model.failpoint;

/** A process that passes failpoints and says so, for tests of what one does to a process. */
final class Passer {
    private Passer() {}

    public static void main(String[] times) {
        for (int i = 1; i <= Integer.parseInt(times[0]); i++) {
            try {
                Failpoint.STAGED.passed();
                Failpoint.VERIFIED.passed();
                System.out.println("passed " + i);
            } catch (FailpointException e) {
                System.out.println("thrown " + i);
            }
        }
    }
}
