package org.slipway.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.ws.rs.Path;
import org.slipway.testing.Walls;

@AnalyzeClasses(packages = "org.slipway.controller", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

    @ArchTest
    static final ArchRule RESOURCES_LEAVE_THE_DATABASE_TO_USE_CASES = noClasses()
            .that()
            .areAnnotatedWith(Path.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "jakarta.persistence..", "org.hibernate..", "org.slipway.persistence..", "jakarta.transaction..");

    @ArchTest
    static final ArchRule WALLS = Walls.ofService("org.slipway.controller..");

    @ArchTest
    static final ArchRule FEATURES_DO_NOT_GO_IN_CIRCLES =
            slices().matching("org.slipway.controller.(*)..").should().beFreeOfCycles();
}
