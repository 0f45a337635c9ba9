package org.slipway.quickstart;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;

/** What people read. Coloured on a terminal only, and not where NO_COLOR is set. */
final class Screen {

    enum Colour {
        GREEN("32"),
        RED("31"),
        DIM("2"),
        BOLD("1");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    private final PrintStream out;
    private final boolean coloured;

    Screen(PrintStream out, boolean coloured) {
        this.out = out;
        this.coloured = coloured;
    }

    static Screen ofThisProcess() {
        Map<String, String> environment = System.getenv();
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new Screen(
                System.out,
                terminal && !environment.containsKey("NO_COLOR") && !"dumb".equals(environment.get("TERM")));
    }

    synchronized void line(String text) {
        out.println(text);
        out.flush();
    }

    void line(Colour colour, String text) {
        line(in(colour, text));
    }

    String in(Colour colour, String text) {
        return coloured ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
    }
}
