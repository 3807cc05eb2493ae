package io.github.clip4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeCommandTest {
    @TempDir
    private Path folder;

    @Test
    void tellsColoursApart() throws IOException {
        TrainData data = new TrainData(folder.resolve("data"));
        Path model = TestData.model(folder.resolve("model"));
        Path output = folder.resolve("probe.safetensors");
        Object[] line = {"probe", "--model", model, "--data", data.folder, "--train", data.file("train.jsonl"),
                "--valid", data.file("valid.jsonl"), "--output", output};
        Run run = Run.clip(line);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("accuracy 100.00 % of 12 training images, 100.00 % of 4 validation images",
                run.out().strip());
        try (Checkpoint file = Checkpoint.open(output)) {
            assertEquals(List.of(4L, 8L), file.tensor("weight").shape());
            assertEquals(List.of(4L), file.tensor("bias").shape());
            assertEquals("[\"blue\",\"gray\",\"green\",\"red\"]", file.metadata().get("classes"));
        }
        Files.copy(data.file("images/red_0.png"), data.file("images/pink_0.png"));
        Files.writeString(data.file("valid.jsonl"), "{\"filename\": \"images/pink_0.png\", \"captions\": [\"pink\"]}");
        run = Run.clip(line);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("pink_0.png is of class pink, of which"), run.err());
    }
}
