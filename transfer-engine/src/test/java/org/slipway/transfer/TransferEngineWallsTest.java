package org.slipway.transfer;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Optional;

@AnalyzeClasses(packages = "org.slipway.transfer", importOptions = ImportOption.DoNotIncludeTests.class)
class TransferEngineWallsTest {

    @ArchTest
    static final ArchRule KNOWS_NO_FRAMEWORK = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quarkus..", "jakarta..", "org.hibernate..", "org.apache.kafka..", "io.smallrye..");

    @ArchTest
    static final ArchRule PUBLIC_FACE_SHOWS_NOTHING_OF_THE_SSH_LIBRARY = noClasses()
            .that()
            .resideInAPackage("org.slipway.transfer")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.sshd..", "org.bouncycastle..", "com.amazon..", "org.apache.commons.compress..");

    @ArchTest
    static final ArchRule PLANNING_DOES_NO_INPUT_OR_OUTPUT = noClasses()
            .that()
            .resideInAPackage("org.slipway.transfer.plan")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "org.apache..", "org.slipway.transfer.ssh");

    @ArchTest
    static final ArchRule ONLY_THE_FACTORY_KNOWS_SSH = classes()
            .that()
            .resideInAPackage("org.slipway.transfer")
            .and(DescribedPredicate.not(JavaClass.Predicates.simpleName("SshHosts")))
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("org.slipway.transfer.ssh");

    @ArchTest
    static final ArchRule KEEPS_NO_OPTIONAL = noFields().should().haveRawType(Optional.class);

    @ArchTest
    static final ArchRule TAKES_NO_OPTIONAL =
            noCodeUnits().should().haveRawParameterTypes(anyElementThat(equivalentTo(Optional.class)));
}
