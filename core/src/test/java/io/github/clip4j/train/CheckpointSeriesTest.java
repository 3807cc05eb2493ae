package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointSeriesTest {
    private static final String UUID = "4f5e0c0e-2b1a-4b7e-9d55-0123456789ab";

    @TempDir
    Path run;

    private CheckpointSeries series;

    @BeforeEach
    void open() {
        series = new CheckpointSeries(run);
    }

    private Path checkpoint(int steps) throws IOException {
        Path folder = Files.createDirectory(series.folder(steps));
        Files.writeString(folder.resolve("model.safetensors"), "weights");
        Files.writeString(folder.resolve(TrainingState.FILE), "state");
        return folder;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theLastIsTheOneOfTheMostSteps() throws IOException {
        assertEquals(Optional.empty(), new CheckpointSeries(run.resolve("not/there")).last());
        assertEquals(Optional.empty(), series.last());
        checkpoint(9_999_999);
        Path last = checkpoint(10_000_000);
        checkpoint(2);
        Files.createDirectory(run.resolve("step-20000000")); // without a state
        Files.createDirectory(run.resolve("step-30000000." + UUID + ".tmp"));
        assertEquals(Optional.of(last), series.last());
    }

    @Test
    void keepsTheLastTheBestAndWhatIsNotItsOwn() throws IOException {
        for (int steps = 1; steps <= 6; steps++) {
            checkpoint(steps);
        }
        series.markBest(2);
        series.markBest(3);
        Files.writeString(series.folder(4).resolve("notes.txt"), "mine");
        Files.createDirectory(run.resolve("step-0000000"));
        Files.createDirectory(run.resolve("logs"));
        series.keep(1);
        assertEquals(List.of("best", "logs", "step-0000000", "step-0000003", "step-0000004", "step-0000006"), names());
        assertTrue(Files.isSameFile(series.folder(3), series.best().orElseThrow()));
        series.keep(10);
        assertEquals(6, names().size());
        assertThrows(IllegalArgumentException.class, () -> series.keep(0));
    }

    @Test
    void removesWhatWasLeftHalfWritten() throws IOException {
        Path partial = Files.createDirectory(run.resolve("step-0000002." + UUID + ".tmp"));
        Files.writeString(partial.resolve("model.safetensors." + UUID + ".tmp"), "half");
        Files.createSymbolicLink(run.resolve("best." + UUID + ".tmp"), Path.of("step-0000001"));
        checkpoint(1);
        Files.createDirectory(run.resolve("mine.tmp"));
        Files.createDirectory(run.resolve("mine." + UUID + ".tmp"));
        series.removePartial();
        assertEquals(List.of("mine." + UUID + ".tmp", "mine.tmp", "step-0000001"), names());
        new CheckpointSeries(run.resolve("not/there")).removePartial();
    }

    @Test
    void aFolderNamedBestIsNotReplaced() throws IOException {
        checkpoint(1);
        Files.writeString(Files.createDirectory(run.resolve("best")).resolve("file"), "mine");
        CheckpointException e = assertThrows(CheckpointException.class, () -> series.markBest(1));
        assertTrue(e.getMessage().contains("best: cannot be made a link to step-0000001"), e.getMessage());
        assertEquals(List.of("best", "step-0000001"), names());
    }
}
