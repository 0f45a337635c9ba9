package org.slipway.system;

import java.nio.file.Files;
import java.nio.file.Path;

/** A packaged service. */
public enum Application {
    CONTROLLER("controller-service"),
    BETA_WORKER("beta-worker"),
    PROD_COORDINATOR("prod-coordinator"),
    SERVER_WORKER("server-worker");

    private final String module;

    Application(String module) {
        this.module = module;
    }

    /** The name of its module, which is that of the service too. */
    public String module() {
        return module;
    }

    /** What {@code java -jar} takes. */
    Path jar() {
        Path jar = root().resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    jar + " is missing; build it first: mvn package -DskipTests -pl " + module + " -am");
        }
        return jar;
    }

    private static Path root() {
        String told = System.getProperty("slipway.root");
        if (told != null) {
            return Path.of(told);
        }
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve(CONTROLLER.module))) {
            here = here.getParent();
            if (here == null) {
                throw new IllegalStateException("start this in Slipway's source tree, or say -Dslipway.root=…");
            }
        }
        return here;
    }
}
