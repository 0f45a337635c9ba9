package org.slipway.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** The walls that every service keeps. */
public final class Walls {
    private static final String TRANSACTIONAL = "jakarta.transaction.Transactional";
    private static final DescribedPredicate<JavaClass> OPEN_TRANSACTIONS = describe(
            "open transactions",
            type -> type.isAnnotatedWith(TRANSACTIONAL)
                    || type.getMethods().stream().anyMatch(method -> method.isAnnotatedWith(TRANSACTIONAL)));
    private static final DescribedPredicate<JavaClass> ARE_REPOSITORIES =
            assignableTo("io.quarkus.hibernate.orm.panache.PanacheRepository");
    private static final DescribedPredicate<JavaClass> REACH_OUT = resideInAnyPackage(
                    "org.apache.kafka..", "io.smallrye.reactive.messaging..", "org.eclipse.microprofile.reactive..")
            .or(assignableTo("org.slipway.transfer.Hosts"))
            .or(assignableTo("org.slipway.transfer.ContentSource"));

    private static final DescribedPredicate<JavaClass> SERVICES = resideInAnyPackage(
            "org.slipway.controller..", "org.slipway.beta..", "org.slipway.production..", "org.slipway.worker..");

    /** Settings that may be left out are injected so: the framework's own way. */
    private static final String SETTING = "org.eclipse.microprofile.config.inject.ConfigProperty";

    private static final DescribedPredicate<JavaCodeUnit> TAKE_AN_OPTIONAL =
            describe("take an Optional that is no setting", unit -> unit.getParameters().stream()
                    .anyMatch(parameter -> parameter.getRawType().isEquivalentTo(Optional.class)
                            && !parameter.isAnnotatedWith(SETTING)));

    private Walls() {}

    /** {@link Optional} is what a method returns: whatever is handed over or kept is there or {@code null}, and says so. */
    public static ArchRule optionalIsOnlyReturned() {
        return CompositeArchRule.of(noFields().should().haveRawType(Optional.class))
                .and(noCodeUnits().should(ArchCondition.from(TAKE_AN_OPTIONAL)));
    }

    /** The wall of what the services share. */
    public static ArchRule knowsNoService() {
        return noClasses().should().dependOnClassesThat(SERVICES);
    }

    /**
     * The walls of a service whose classes are in this package: it knows no other service and of the engine only the face; the classes
     * that open transactions, and only they, touch repositories, and they reach neither hosts nor Kafka; clocks are injected; an
     * {@link Optional} is only returned.
     */
    public static ArchRule ofService(String own) {
        DescribedPredicate<JavaClass> otherServices = SERVICES.and(not(resideInAPackage(own)));
        return CompositeArchRule.of(noClasses().should().dependOnClassesThat(otherServices))
                .and(noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "org.apache.sshd..",
                                "com.amazon..",
                                "org.slipway.transfer.crypto..",
                                "org.slipway.transfer.ssh..",
                                "org.slipway.transfer.plan.."))
                .and(noClasses().that(OPEN_TRANSACTIONS).should().dependOnClassesThat(REACH_OUT))
                .and(noClasses().that(not(OPEN_TRANSACTIONS)).should().dependOnClassesThat(ARE_REPOSITORIES))
                .and(noClasses()
                        .should()
                        .callMethod(Clock.class, "systemUTC")
                        .orShould()
                        .callMethod(Instant.class, "now"))
                .and(optionalIsOnlyReturned());
    }
}
