package io.github.clip4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.metrics.Measurement;
import io.github.clip4j.cli.metrics.MetricsLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] EVERYTHING = {"--class-prompts", "0.3", "--augment",
            "crop=0.5,hflip,vflip,turns,brightness=0.2,contrast=0.2,saturation=0.2", "--all-captions"};

    @TempDir
    private Path folder;
    private TrainData data;

    @BeforeEach
    void data() throws IOException {
        data = new TrainData(folder.resolve("data"));
    }

    private static Run run(List<Object> line) {
        return Run.clip(line.toArray());
    }

    private static void assertWorks(Run run) {
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("", run.err());
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void learnsFromScratchAndLeavesAModelToUse() throws IOException {
        Path output = folder.resolve("run");
        List<Object> line = data.train(output, "--classes", data.file("classes.json"), "--class-prompts-match");
        line.set(line.indexOf("--epochs") + 1, 30);
        Run run = run(line);
        assertWorks(run);
        List<String> told = run.lines();
        assertEquals(34, told.size(), run.out());
        assertTrue(
                told.getFirst().matches("before training: validation loss \\d\\.\\d{4}, zero-shot top-1 \\d+\\.00 %"),
                told.getFirst());
        assertTrue(told.get(1).matches("epoch 1 of 30: loss \\d\\.\\d{4}, validation loss \\d\\.\\d{4}, "
                + "zero-shot top-1 \\d+\\.00 %"), told.get(1));
        assertTrue(told.get(31).endsWith("step-0000090"), run.out());
        assertEquals(List.of("best", "chart.svg", "events", "metrics.jsonl", "settings.json"),
                names(output).stream().filter(name -> !name.startsWith("step-")).toList());
        assertTrue(Files.isDirectory(output.resolve("step-0000087")) && !Files.exists(output.resolve("step-0000003")));

        List<Measurement> metrics = MetricsLog.read(output.resolve("metrics.jsonl"));
        assertEquals(1 + 90 + 30, metrics.size());
        double first = metrics.get(1).values().get("loss");
        double last = metrics.get(119).values().get("loss");
        assertTrue(last < 0.7 * first, "the loss went from " + first + " to " + last);
        assertEquals(1, metrics.getLast().values().get("zero_shot_top1"), "four colours are easy to tell apart");

        try (Clip clip = Clip.open(output.resolve("best"))) {
            var labels = clip.embedLabels(List.of("red", "green", "blue", "gray"), List.of("{}"));
            for (int i = 0; i < 4; i++) {
                String color = labels.labels().get(i);
                Path image = data.file("images/" + color + "_" + (12 + i) + ".png");
                assertEquals(color, clip.classify(image, labels).getFirst().label());
            }
        }
        JsonNode settings = JSON.readTree(output.resolve("settings.json").toFile());
        assertEquals("linear", settings.get("schedule").textValue());
        assertEquals(3e-3, settings.get("learning-rate").doubleValue());
        assertEquals(data.folder.toAbsolutePath().toString(), settings.get("data").textValue());
    }

    /** Interrupted after every step: the same bits as without. */
    @ParameterizedTest
    @ValueSource(strings = {"adafactor", "adamw --ema 0.9",
            "muon --muon-learning-rate 0.01 --initialization mimetic --patch-dropout 0.4 --word-dropout 0.2 "
                    + "--class-prompts-match --class-prompts-share 0.4"})
    void goingOnChangesNothing(String optimizer) throws IOException {
        List<Object> more = new ArrayList<>(List.of(EVERYTHING));
        more.addAll(List.of("--classes", data.file("classes.json"), "--optimizer"));
        more.addAll(List.of(optimizer.split(" ")));
        Path straight = folder.resolve("straight");
        assertWorks(run(data.train(straight, more.toArray())));

        Path cut = folder.resolve("cut");
        more.addAll(List.of("--max-minutes", "1e-9"));
        Run run = run(data.train(cut, more.toArray()));
        int starts = 1;
        for (; run.out().contains("go on with: clip train --resume"); starts++) {
            assertWorks(run);
            run = Run.clip("train", "--resume", "--output", cut, "--threads", 1 + starts % 2);
        }
        assertWorks(run);
        assertEquals(18, starts);
        assertSameRun(straight, cut);
    }

    private static void assertSameRun(Path expected, Path found) throws IOException {
        assertEquals(names(expected.resolve("step-0000018")), names(found.resolve("step-0000018")));
        for (String file : List.of("model.safetensors", "training-state.safetensors", "vocab.json")) {
            Path last = Path.of("step-0000018", file);
            assertArrayEquals(Files.readAllBytes(expected.resolve(last)), Files.readAllBytes(found.resolve(last)),
                    file);
        }
        assertEquals(expected.resolve("best").toRealPath().getFileName(),
                found.resolve("best").toRealPath().getFileName());
        assertEquals(withoutTimes(expected), withoutTimes(found));
    }

    private static List<Measurement> withoutTimes(Path run) {
        List<Measurement> metrics = MetricsLog.read(run.resolve("metrics.jsonl"));
        metrics.forEach(at -> at.values().remove("pairs_per_second"));
        return metrics;
    }

    @Test
    void settingsFromAFileAndFromTheCommandLine() throws IOException {
        Path settings = Files.writeString(folder.resolve("settings.yaml"), """
                data: %1$s
                train: %1$s/train.jsonl
                valid: %1$s/valid.jsonl
                config: %1$s/config.json
                epochs: 2   # the command line says 1
                batch: 4
                learning-rate: 1e-3
                all-captions: true
                truncate: false
                schedule: Cosine
                template: ["a {}", "{}"]
                """.formatted(data.folder));
        Path output = folder.resolve("run");
        assertWorks(Run.clip("train", "--settings", settings, "--epochs", 1, "--output", output));
        JsonNode written = JSON.readTree(output.resolve("settings.json").toFile());
        assertEquals("1 4 true false cosine [\"a {}\",\"{}\"]", Stream.of("epochs", "batch", "all-captions", "truncate",
                "schedule").map(name -> written.get(name).asText()).reduce((a, b) -> a + " " + b).orElseThrow() + " "
                + written.get("template"));
        Path again = folder.resolve("again");
        assertWorks(Run.clip("train", "--settings", output.resolve("settings.json"), "--output", again));
        assertArrayEquals(Files.readAllBytes(output.resolve("step-0000009/model.safetensors")),
                Files.readAllBytes(again.resolve("step-0000009/model.safetensors")));
    }

    /** The line of the error, which names nothing but what is at fault; the run's folder stays as it was. */
    private static String error(int exitCode, Run run) {
        assertEquals(exitCode, run.exitCode(), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertEquals("", run.out());
        return run.err().strip();
    }

    private void assertRefused(int exitCode, String expected, Object... more) throws IOException {
        Path output = folder.resolve("refused");
        String error = error(exitCode, run(data.train(output, more)));
        assertTrue(error.contains(expected), error);
        assertFalse(Files.exists(output) && !names(output).isEmpty(), "nothing is written");
    }

    @Test
    void badDataIsNamedBeforeAnythingIsWritten() throws IOException {
        Path train = data.file("train.jsonl");
        List<String> good = Files.readAllLines(train);
        Object[][] cases = {
                {"{\"filename\": \"images/none.png\", \"captions\": [\"a\"]}", "train.jsonl: line 3",
                        "there is no file"},
                {"{\"filename\": \"images/red_0.png\", \"captions\": []}", "train.jsonl: line 3", "caption"},
                {"{\"filename\": \"images/red_0.png\", \"captions\": [\"" + "word ".repeat(40) + "\"]}",
                        "train.jsonl: line 3: caption 1 has", "the model takes 24"},
                {"{\"filename\": ", "train.jsonl: line 4", "expected a string as \"filename\""}};
        for (Object[] broken : cases) {
            List<String> lines = new ArrayList<>(good);
            lines.set(2, broken[0].toString());
            Files.write(train, lines);
            assertRefused(1, broken[1].toString());
            assertRefused(1, broken[2].toString());
        }
        Files.write(train, good.subList(0, 3));
        assertRefused(1, "train.jsonl: has fewer pairs than a batch of 4");
        Files.write(train, good);
        Files.writeString(data.file("classes.json"), "{\"red\": \"red\"}");
        assertRefused(1, "has no name", "--classes", data.file("classes.json"));
    }

    @Test
    void whatCannotBeIsTold() throws IOException {
        assertRefused(2, "--model or --config: expected one of both", "--model", folder);
        assertRefused(2, "weights to train: \"heads\" means nothing", "--train-only", "heads");
        assertRefused(2, "--augment: \"flip\" is none of", "--augment", "flip");
        assertRefused(2, "--augment: area of the random crop", "--augment", "crop=2");
        assertRefused(2, "--augment: expected a number in \"contrast=x\"", "--augment", "contrast=x");
        assertRefused(2, "--class-prompts: expected 0 to 1", "--class-prompts", 2, "--classes", folder);
        assertRefused(2, "--classes: expected the names of the classes", "--class-prompts", 0.5);
        assertRefused(2, "--ema: expected more than 0", "--ema", 1);
        assertRefused(2, "--patch-dropout: expected 0 or more and less than 1", "--patch-dropout", 1);
        assertRefused(2, "--word-dropout: expected 0 or more and less than 1", "--word-dropout", 1);
        assertRefused(2, "--class-prompts-share: expected more than 0", "--class-prompts-share", 0);
        assertRefused(2, "--class-prompts-match: expected given, for --class-prompts-share", "--class-prompts-share",
                0.5);
        assertRefused(2, "--optimizer: expected muon, for --muon-learning-rate", "--muon-learning-rate", 0.1);
        assertRefused(2, "--muon-learning-rate: expected more than 0", "--optimizer", "muon", "--muon-learning-rate",
                0);
        assertRefused(2, "--tokenizer: expected a folder", "--tokenizer", folder);
        assertRefused(2, "weight decay is -1.0", "--weight-decay", -1);
        Path file = Files.writeString(folder.resolve("s.yaml"), "epoch: 3\n");
        assertRefused(1, "s.yaml: \"epoch\" is not a setting", "--settings", file);
        Files.writeString(file, "batch: many\n");
        Run run = Run.clip("train", "--settings", file, "--output", folder.resolve("refused"));
        assertTrue(error(1, run).contains("s.yaml: Invalid value for 'batch'"), run.err());
        Files.writeString(file, "batch: [\n");
        assertRefused(1, "s.yaml:", "--settings", file);
    }

    @Test
    void aFolderWithSomethingElseIsLeftAlone() throws IOException {
        Path output = Files.createDirectories(folder.resolve("mine"));
        Files.writeString(output.resolve("thesis.txt"), "precious");
        assertTrue(error(1, run(data.train(output))).contains("mine: is not empty"));
        assertTrue(error(1, Run.clip("train", "--resume", "--output", output)).contains("holds no run to go on with"));
        assertEquals(List.of("thesis.txt"), names(output));
    }

    @Test
    void aRunGoesOnAsItWasBegun() throws IOException {
        Path output = folder.resolve("run");
        assertWorks(run(data.train(output, "--max-minutes", "1e-9")));
        assertTrue(error(1, run(data.train(output))).contains("holds a run already; go on with it by --resume"));
        Run run = Run.clip("train", "--resume", "--output", output, "--batch", 8);
        assertEquals("clip: --batch 8: the run was begun with 4, and goes on with it", error(2, run));
        Files.move(data.folder, folder.resolve("moved"));
        TrainData moved = new TrainData(folder.resolve("moved"));
        assertWorks(Run.clip("train", "--resume", "--output", output, "--data", moved.folder, "--train",
                moved.file("train.jsonl"), "--valid", moved.file("valid.jsonl"), "--max-minutes", 60));
        assertTrue(Files.exists(output.resolve("step-0000006")));
        run = Run.clip("train", "--resume", "--output", output);
        assertWorks(run);
        assertTrue(run.out().startsWith("last checkpoint: " + output.resolve("step-0000006")),
                "done already: " + run.out());
    }

    @Test
    void divergingStopsWithTheStepAndTheLastGoodCheckpoint() {
        Path output = folder.resolve("run");
        List<Object> line = data.train(output, "--schedule", "constant");
        line.set(line.indexOf("--learning-rate") + 1, "1e38");
        Run run = run(line);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().matches("clip: training stopped after step \\d+ of 6: .*there is no checkpoint yet\\R"),
                run.err());
    }

    @Test
    void aFolderThatCannotBeWrittenStopsWithTheLastGoodCheckpoint() throws IOException {
        Path output = folder.resolve("run");
        assertWorks(run(data.train(output, "--max-minutes", "1e-9")));
        Files.createDirectories(output.resolve("step-0000003/in the way"));
        Run run = Run.clip("train", "--resume", "--output", output, "--max-minutes", 60);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().matches(
                "clip: training stopped after step 3 of 6: .*step-0000003: expected nothing or an empty folder.*"
                        + "; the last good checkpoint is .*step-0000001\\R"),
                run.err());
        Files.delete(output.resolve("step-0000003/in the way"));
        assertWorks(Run.clip("train", "--resume", "--output", output, "--max-minutes", 60));
    }

    @Test
    void aBrokenImageStopsWithItsName() throws IOException {
        Files.writeString(data.file("images/red_0.png"), "broken");
        Run run = run(data.train(folder.resolve("run")));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().matches("clip: training stopped after step \\d of 6: .*red_0.png: .*\\R"), run.err());
    }

    @Test
    void onlyWhatIsToTrainChanges() throws IOException {
        Path output = folder.resolve("run");
        assertWorks(run(data.train(output, "--train-only", "projections,vision.layers>=1", "--keep", 9)));
        try (Checkpoint first = Checkpoint.open(output.resolve("step-0000003"));
                Checkpoint last = Checkpoint.open(output.resolve("step-0000006"))) {
            for (Tensor tensor : first.tensors()) {
                boolean trains = tensor.name().matches(
                        ".*_projection.weight|vision_model.encoder.layers.1.*|vision_model.post_layernorm.*");
                assertEquals(!trains, Arrays.equals(tensor.floats(), last.tensor(tensor.name()).floats()),
                        tensor.name());
            }
        }
    }

    @Test
    void betweenTwoModels() throws IOException {
        Path output = folder.resolve("run");
        assertWorks(run(data.train(output, "--keep", 9)));
        Path base = output.resolve("step-0000003");
        Path tuned = output.resolve("step-0000006");
        Path between = folder.resolve("between");
        assertWorks(Run.clip("interpolate", "--base", base, "--tuned", tuned, "--alpha", 0.25, "--output", between));
        try (Checkpoint a = Checkpoint.open(base);
                Checkpoint b = Checkpoint.open(tuned);
                Checkpoint c = Checkpoint.open(between)) {
            for (Tensor tensor : a.tensors()) {
                float[] from = tensor.floats();
                float[] to = b.tensor(tensor.name()).floats();
                float[] found = c.tensor(tensor.name()).floats();
                for (int i = 0; i < from.length; i++) {
                    assertEquals((float) (0.75 * from[i] + 0.25 * to[i]), found[i], tensor.name() + " " + i);
                }
            }
        }
        Clip.open(between).close();
        Run again = Run.clip("interpolate", "--base", base, "--tuned", tuned, "--alpha", 0.25, "--output", between);
        assertTrue(error(1, again).contains("between: expected nothing or an empty folder"), again.err());
        assertTrue(
                error(2, Run.clip("interpolate", "--base", base, "--tuned", tuned, "--alpha", 2, "--output", between))
                        .contains("--alpha 2.0: expected 0 to 1"));
    }
}
