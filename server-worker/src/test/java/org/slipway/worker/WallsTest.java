package org.slipway.worker;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.slipway.testing.Walls;

@AnalyzeClasses(packages = "org.slipway.worker", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {
    @ArchTest
    static final ArchRule WALLS = Walls.ofService("org.slipway.worker..");
}
