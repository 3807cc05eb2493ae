package io.github.clip4j.cli.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.Prediction;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyCommandTest {
    @TempDir
    static Path folder;
    private static Path model;
    private static Path image;

    @BeforeAll
    static void files() throws IOException {
        model = TestData.model(folder.resolve("model"));
        image = TestData.image(folder.resolve("image.png"), 2);
    }

    @Test
    void jsonHasWhatTheLibraryComputes() throws IOException {
        Run run = Run.clip("classify", image, "--labels", "a cat, ein Hund ,猫", "--template", "{}", "--template",
                "a sketch of {}!", "--model", model, "--json");
        assertEquals(0, run.exitCode(), run.err());
        JsonNode result = new ObjectMapper().readTree(run.out());
        assertEquals(image.toString(), result.get("image").textValue());
        try (Clip clip = Clip.open(model)) {
            List<Prediction> expected = clip.classify(image,
                    clip.embedLabels(List.of("a cat", "ein Hund", "猫"), List.of("{}", "a sketch of {}!")));
            for (int i = 0; i < 3; i++) {
                JsonNode label = result.get("labels").get(i);
                assertEquals(expected.get(i), new Prediction(label.get("label").textValue(),
                        label.get("probability").floatValue(), label.get("logit").floatValue()));
            }
        }
    }

    @Test
    void theRestOfTheImagesGoesOnAfterABrokenOne() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.png"), "<html>");
        Run run = Run.clip("classify", image, broken, image, "--labels", "cat,dog", "--model", model, "--json");
        assertEquals(1, run.exitCode());
        assertEquals(2, run.lines().size(), run.out());
        assertEquals(run.lines().getFirst(), run.lines().getLast());
        assertTrue(run.err().startsWith("clip: " + broken + ": is an HTML page"), run.err());
    }

    @Test
    void aThousandLabelsAndTheTopThree() throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.txt"), "\uFEFF" + IntStream.range(0, 1000)
                .mapToObj(i -> "label " + i).collect(Collectors.joining("\r\n")));
        Object[] args = {"classify", image, "--labels-file", labels, "--model", model, "--top", 3};
        Run run = Run.clip(args);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(3, run.lines().size(), run.out());
        assertTrue(run.lines().getFirst().matches("label \\d+ +\\d+\\.\\d\\d %.*"), run.out());
    }

    @Test
    void aStadiumIsAStadium() {
        Run run = Run.clip("classify", TestData.shared("images/stadium_1.jpg"), "--labels",
                "residential area,playground,stadium,forest,airport", "--model", TestData.shared("models/rsicd-small"));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.lines().getFirst().startsWith("stadium "), run.out());
    }
}
