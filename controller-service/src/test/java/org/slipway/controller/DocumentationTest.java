package org.slipway.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.slipway.controller.problem.ProblemType;

class DocumentationTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void explainsEveryKindOfProblem() throws IOException {
        List<String> documented = Pattern.compile("^\\| `([a-z-]+)` \\| (\\d+) ", Pattern.MULTILINE)
                .matcher(Files.readString(DOCS.resolve("problems.md")))
                .results()
                .map(row -> "urn:slipway:problem:" + row.group(1) + " " + row.group(2))
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemType.values())
                        .map(type -> type.uri() + " " + type.status())
                        .toList());
    }

    @Test
    void listsEverySetting() throws IOException {
        TreeSet<String> documented = Pattern.compile("`(slipway\\.[a-z.-]+)`")
                .matcher(Files.readString(DOCS.resolve("configuration.md")))
                .results()
                .map(setting -> setting.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).containsAll(settings());
    }

    private static List<String> settings() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.slipway.controller", "org.slipway.persistence");
        List<String> settings = classes.stream()
                .flatMap(type -> type.getCodeUnits().stream())
                .flatMap(code -> code.getParameters().stream())
                .filter(parameter -> parameter.isAnnotatedWith(ConfigProperty.class))
                .map(parameter ->
                        parameter.getAnnotationOfType(ConfigProperty.class).name())
                .filter(name -> name.startsWith("slipway."))
                .distinct()
                .toList();
        assertThat(settings).contains("slipway.lease", "slipway.ssh.private-key");
        return settings;
    }
}
