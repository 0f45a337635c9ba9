package org.slipway.system;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slipway.model.message.Event;
import org.slipway.model.message.StateRebuilder;

/** Knows what must hold of a project whatever happened to it, and says what does not. */
public final class Checker {
    private Checker() {}

    /** What is wrong, a line each; nothing when all is well. */
    public static List<String> violations(Evidence evidence) {
        List<String> wrong = new ArrayList<>();
        StateRebuilder rebuilder = new StateRebuilder();
        for (Event event : evidence.events()) {
            rebuilder.accept(event);
        }
        rebuilder.gaps().forEach(gap -> wrong.add("the topics do not tell the whole story: " + gap));
        compare("Kafka", rebuilder.releases(), "the database", evidence.databaseReleases(), wrong);
        compare("Kafka", rebuilder.servers(), "the database", evidence.databaseServers(), wrong);
        compare("the REST interface", evidence.restReleases(), "the database", evidence.databaseReleases(), wrong);
        compare("the REST interface", evidence.restServers(), "the database", evidence.databaseServers(), wrong);
        Set<String> told = new HashSet<>(evidence.eventIds());
        for (String recorded : evidence.databaseLog()) {
            if (!told.remove(recorded)) {
                wrong.add("transition " + recorded + " never came to Kafka");
            }
        }
        told.forEach(id -> wrong.add("Kafka tells of " + id + ", which never was"));
        evidence.unpublished().forEach(id -> wrong.add("transition " + id + " is not marked as published"));
        wrong.addAll(evidence.journalGaps());
        wrong.addAll(evidence.treeDifferences());
        return wrong;
    }

    private static <S> void compare(
            String one, Map<String, S> found, String other, Map<String, S> expected, List<String> wrong) {
        Set<String> names = new TreeSet<>(found.keySet());
        names.addAll(expected.keySet());
        for (String name : names) {
            S is = found.get(name);
            S was = expected.get(name);
            if (is == null || !is.equals(was)) {
                wrong.add("%s has %s in %s, %s in %s".formatted(one, name, shown(is), other, shown(was)));
            }
        }
    }

    private static String shown(@org.jspecify.annotations.Nullable Object state) {
        return state == null ? "no state" : state.toString();
    }
}
