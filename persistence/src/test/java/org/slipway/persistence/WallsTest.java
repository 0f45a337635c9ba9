package org.slipway.persistence;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.slipway.testing.Walls;

@AnalyzeClasses(packages = "org.slipway.persistence", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {
    @ArchTest
    static final ArchRule KNOWS_NO_SERVICE = Walls.knowsNoService();

    @ArchTest
    static final ArchRule OPTIONAL_IS_ONLY_RETURNED = Walls.optionalIsOnlyReturned();

    @ArchTest
    static final ArchRule KNOWS_NO_SSH = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.slipway.transfer..", "org.apache.sshd..", "org.slipway.runtime..");

    @ArchTest
    static final ArchRule ONLY_THE_RELAY_KNOWS_KAFKA = noClasses()
            .that()
            .resideOutsideOfPackage("org.slipway.persistence.relay..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..");
}
