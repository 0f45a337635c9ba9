package org.slipway.testing;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The settings that code asks for, and those that {@code docs/configuration.md} explains. */
public final class Settings {
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

    private Settings() {}

    /**
     * The settings of Slipway's own that constructors and methods in these packages take, and that no line of the document explains.
     *
     * @throws IllegalStateException when the code asks for none, so that nothing was looked at
     */
    public static Set<String> undocumented(String... packages) {
        List<String> asked = asked(packages);
        if (asked.isEmpty()) {
            throw new IllegalStateException("no settings in " + List.of(packages));
        }
        Set<String> undocumented = new TreeSet<>(asked);
        undocumented.removeAll(documented());
        return undocumented;
    }

    private static List<String> asked(String... packages) {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(packages).stream()
                        .flatMap(type -> type.getCodeUnits().stream())
                        .flatMap(code -> code.getParameters().stream())
                        .filter(parameter -> parameter.isAnnotatedWith(ConfigProperty.class))
                        .map(parameter -> parameter
                                .getAnnotationOfType(ConfigProperty.class)
                                .name())
                        .filter(name -> name.startsWith("slipway."))
                        .toList();
    }

    private static Set<String> documented() {
        try {
            return Pattern.compile("`(slipway\\.[a-z.-]+)`")
                    .matcher(Files.readString(DOCUMENT))
                    .results()
                    .map(setting -> setting.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
