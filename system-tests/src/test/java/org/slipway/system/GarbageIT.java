package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GarbageIT extends SharedSlipway {

    @Test
    void putsARecordThatNobodyCanReadAsideAndGoesOn() {
        Project project = newProject(2);
        project.fleet().development().write("index.html", "new\n");

        Garbage.untilItIsPutAside(slipway(), project, "no event");
        // Its records have the same keys, so they come behind the garbage in the same partitions.
        project.releaseEverywhere("index.html");

        assertThat(slipway().processes()).allMatch(ServiceProcess::isAlive);
    }
}
