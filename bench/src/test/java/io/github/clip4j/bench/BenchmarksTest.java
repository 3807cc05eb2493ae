package io.github.clip4j.bench;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class BenchmarksTest {
    /** Every benchmark once, in this JVM: its answer is checked before, so benchmarks cannot rot. */
    @Test
    void everyBenchmarkGivesTheRightAnswer() throws Exception {
        new Runner(new OptionsBuilder().mode(Mode.SingleShotTime).forks(0).warmupIterations(0).measurementIterations(1)
                .param("layers", "1").param("threads", "2").shouldFailOnError(true).verbosity(VerboseMode.SILENT)
                .build()).run();
    }

    @Test
    void wrongAnswersAreNotTimed() {
        float[] expected = {1, -100, 3};
        Check.near("equal", expected, new float[]{1, -100, 3.0009f}, 1e-5);
        assertThrows(IllegalStateException.class,
                () -> Check.near("off", expected, new float[]{1, -100, 3.0011f}, 1e-5));
        assertThrows(IllegalStateException.class,
                () -> Check.near("not a number", expected, new float[]{1, Float.NaN, 3}, 1e-5));
    }
}
