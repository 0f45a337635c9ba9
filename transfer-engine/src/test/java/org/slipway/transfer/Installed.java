package org.slipway.transfer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Programs that some tests use. Where they must be there, as in CI, a test whose program is missing fails; elsewhere it is skipped. */
public final class Installed {
    private static final List<Path> DIRECTORIES =
            List.of(Path.of("/bin"), Path.of("/usr/bin"), Path.of("/sbin"), Path.of("/usr/sbin"));

    private Installed() {}

    /**
     * @param debianPackage what to install for it
     */
    public static void require(String program, String debianPackage) {
        Assumptions.assumeTrue(
                Boolean.getBoolean("slipway.require.tools")
                        || DIRECTORIES.stream().anyMatch(directory -> Files.isExecutable(directory.resolve(program))),
                program + " is not installed (apt install " + debianPackage + "): not tested");
    }
}
