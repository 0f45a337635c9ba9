package org.slipway.model;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Optional;

@AnalyzeClasses(packages = "org.slipway.model", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theModelIsPureJava = classes()
            .that()
            .resideInAPackage("org.slipway.model..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "com.fasterxml.jackson..", "org.slipway.model..");

    @ArchTest
    static final ArchRule onlyMessagesKnowJson = noClasses()
            .that()
            .resideInAPackage("org.slipway.model")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.fasterxml.jackson..", "org.slipway.model.message..");

    @ArchTest
    static final ArchRule theClockIsTheCallers = noClasses()
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule nothingIsKeptAsOptional = noFields().should().haveRawType(Optional.class);

    @ArchTest
    static final ArchRule nothingTakesAnOptional =
            noCodeUnits().should().haveRawParameterTypes(anyElementThat(equivalentTo(Optional.class)));
}
