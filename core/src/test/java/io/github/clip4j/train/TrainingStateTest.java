package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.kernels.Kernels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingStateTest {
    @TempDir
    Path folder;

    @Test
    void aResumedRunEndsWithTheSameBits() {
        try (Kernels kernels = Kernels.scalar(2)) {
            SmallRun straight = SmallRun.start(kernels);
            straight.steps(0, 5);

            SmallRun stopped = SmallRun.start(kernels);
            stopped.steps(0, 2);
            TrainingState state = new TrainingState(1, 2, -9, 0.1);
            Path saved = folder.resolve("step-0000002");
            new CheckpointFolder(SmallRun.CONFIG, Preprocessing.CLIP.withSize(32), null).write(saved,
                    stopped.parameters.tensors(),
                    beside -> state.write(beside, stopped.optimizer, stopped.average));

            SmallRun resumed;
            try (Checkpoint weights = Checkpoint.open(saved)) {
                resumed = new SmallRun(
                        new ModelParameters(SmallRun.CONFIG, weights, name -> !name.startsWith("text")), kernels);
            }
            assertEquals(state, TrainingState.restore(saved, resumed.optimizer, resumed.average));
            resumed.steps(2, 5);

            assertSame(straight.parameters, resumed.parameters);
            straight.average.swap();
            resumed.average.swap();
            assertSame(straight.parameters, resumed.parameters);
        }
    }

    private static void assertSame(ModelParameters expected, ModelParameters found) {
        for (Parameter parameter : expected.all()) {
            assertArrayEquals(parameter.value(), found.get(parameter.name()).value(), parameter.name());
        }
    }

    @Test
    void numbersThatAreNoneAreNamed() {
        try (Kernels kernels = Kernels.scalar(1)) {
            SmallRun run = SmallRun.start(kernels);
            for (Map<String, String> notes : List.of(Map.<String, String>of(),
                    Map.of("steps", "2.5", "seed", "1", "best-step", "1", "best-loss", "1"))) {
                SafetensorsWriter.write(folder.resolve(TrainingState.FILE), run.optimizer.state(), notes);
                CheckpointException e = assertThrows(CheckpointException.class,
                        () -> TrainingState.restore(folder, run.optimizer, null));
                assertTrue(e.getMessage().contains(TrainingState.FILE)
                        && e.getMessage().contains("expected a number, found"), e.getMessage());
            }
            // an average that was not kept
            CheckpointException e = assertThrows(CheckpointException.class,
                    () -> TrainingState.restore(folder, run.optimizer, run.average));
            assertTrue(e.getMessage().contains("there is no tensor average.updates"), e.getMessage());
        }
    }
}
