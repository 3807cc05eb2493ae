package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.train.Schedule.Decay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScheduleTest {
    @Test
    void linearAsRecorded() throws IOException {
        Path file = Path.of(System.getProperty("shared"), "reference/training/trajectory.json");
        assumeTrue(Files.exists(file), "no reference data at " + file);
        JsonNode recorded = new ObjectMapper().readTree(file.toFile());
        Schedule schedule = new Schedule(Decay.LINEAR, recorded.get("peak_learning_rate").asDouble(),
                recorded.get("warmup_steps").asInt(), recorded.get("steps").asInt());
        for (int step = 0; step < recorded.get("steps").asInt(); step++) {
            double expected = recorded.get("learning_rate").get(step).asDouble();
            assertEquals(expected, schedule.learningRate(step), 1e-7 * expected, "step " + step);
        }
    }

    @ParameterizedTest
    @EnumSource
    void warmUpIsAStraightLineFromZero(Decay decay) {
        Schedule schedule = new Schedule(decay, 4, 8, 20);
        for (int step = 0; step <= 8; step++) {
            assertEquals(step / 2.0, schedule.learningRate(step), "step " + step);
        }
        assertEquals(4, new Schedule(decay, 4, 0, 20).learningRate(0), "no warm-up");
    }

    @Test
    void decays() {
        double[][] expected = {{3, 2, 1, 0, 0}, {4 * (1 + Math.sqrt(0.5)) / 2, 2, 4 * (1 - Math.sqrt(0.5)) / 2, 0, 0},
                {4, 4, 4, 4, 4}};
        long[] steps = {11, 14, 17, 20, 1000};
        for (Decay decay : Decay.values()) {
            for (int i = 0; i < steps.length; i++) {
                assertEquals(expected[decay.ordinal()][i], new Schedule(decay, 4, 8, 20).learningRate(steps[i]), 1e-15,
                        decay + ", step " + steps[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRunOfWarmUpOnlyEndsLikeAnyOther(Decay decay) {
        Schedule schedule = new Schedule(decay, 4, 8, 8);
        assertEquals(3.5, schedule.learningRate(7));
        assertEquals(decay == Decay.CONSTANT ? 4 : 0, schedule.learningRate(8));
    }

    @Test
    void refusals() {
        for (double peak : new double[]{0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused("learning rate is " + peak, peak, 0, 1);
        }
        assertRefused("0 steps", 1, 0, 0);
        assertRefused("warm-up of 3 steps", 1, 3, 2);
        assertRefused("warm-up of -1 steps", 1, -1, 2);
    }

    private static void assertRefused(String part, double peak, long warmupSteps, long steps) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> new Schedule(Decay.LINEAR, peak, warmupSteps, steps));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
