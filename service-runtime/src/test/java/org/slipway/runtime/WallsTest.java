package org.slipway.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.slipway.testing.Walls;

@AnalyzeClasses(packages = "org.slipway.runtime", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {
    @ArchTest
    static final ArchRule KNOWS_NO_SERVICE = Walls.knowsNoService();

    @ArchTest
    static final ArchRule OPTIONAL_IS_ONLY_RETURNED = Walls.optionalIsOnlyReturned();

    @ArchTest
    static final ArchRule KNOWS_OF_THE_ENGINE_ONLY_THE_FACE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.sshd..",
                    "com.amazon..",
                    "org.slipway.transfer.crypto..",
                    "org.slipway.transfer.ssh..",
                    "org.slipway.transfer.plan..");
}
