package io.github.clip4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.cli.metrics.Measurement;
import io.github.clip4j.cli.metrics.MetricsLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        Run run = run(
                data.train(output, "--epochs", 30, "--classes", data.file("classes.json"), "--class-prompts-match",
                        "--overwrite-not-known"));
        assertEquals(2, run.exitCode(), "an option that there is not");
        List<Object> line = data.train(output, "--classes", data.file("classes.json"), "--class-prompts-match");
        line.set(line.indexOf("--epochs") + 1, 30);
        run = run(line);
        assertWorks(run);
        List<String> told = run.lines();
        assertEquals(33, told.size(), run.out());
        assertTrue(told.getFirst().matches("epoch 1 of 30: loss \\d\\.\\d{4}, validation loss \\d\\.\\d{4}, "
                + "zero-shot top-1 \\d+\\.00 %"), told.getFirst());
        assertTrue(told.get(30).endsWith("step-0000090"), run.out());
        assertEquals(List.of("best", "chart.svg", "events", "metrics.jsonl", "settings.json"),
                names(output).stream().filter(name -> !name.startsWith("step-") && !name.equals("tokenizer")).toList());
        assertTrue(Files.isDirectory(output.resolve("step-0000087")) && !Files.exists(output.resolve("step-0000003")));

        List<Measurement> metrics = MetricsLog.read(output.resolve("metrics.jsonl"));
        assertEquals(90 + 30, metrics.size());
        double first = metrics.getFirst().values().get("loss");
        double last = metrics.get(118).values().get("loss");
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
    @ValueSource(strings = {"adamw", "adafactor", "adamw --ema 0.9"})
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
            run = Run.clip("train", "--resume", "--output", cut, "--keep", 100, "--threads", 1 + starts % 2);
        }
        assertWorks(run);
        assertEquals(27, starts);
        assertSameRun(straight, cut);
    }

    private static void assertSameRun(Path expected, Path found) throws IOException {
        for (String file : List.of("model.safetensors", "training-state.safetensors")) {
            Path last = Path.of("step-0000027", file);
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

    private static void assertFails(int exitCode, String part, Run run) {
        assertEquals(exitCode, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("clip: ") && run.err().lines().count() == (exitCode == 1 ? 1 : 1), run.err());
        assertTrue(run.err().contains(part), run.err());
    }
}
