package io.github.clip4j.cli.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.Prediction;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    void noneOfThemNeedsACalibration() throws IOException {
        Object[] args = {"classify", image, "--labels", "a cat,ein Hund", "--model", model, "--json", "--none"};
        Run without = Run.clip(args);
        assertEquals(1, without.exitCode());
        assertEquals(
                "clip: model: has no calibration.json, which --none needs; write it with clip calibrate, or name it "
                        + "with --calibration",
                without.err().strip());
        Path file = folder.resolve("other.json");
        Calibration calibration = new Calibration(3, 0.1);
        calibration.write(file);
        Run run = Run.clip(Stream.concat(Stream.of(args), Stream.of("--calibration", file)).toArray());
        assertEquals(0, run.exitCode(), run.err());
        JsonNode labels = new ObjectMapper().readTree(run.out()).get("labels");
        try (Clip clip = Clip.open(model)) {
            List<Prediction> expected = clip.classify(clip.embedImage(image),
                    clip.embedLabels(List.of("a cat", "ein Hund"), List.of("a photo of a {}")), calibration);
            assertEquals(3, labels.size());
            for (int i = 0; i < 3; i++) {
                assertEquals(expected.get(i).label(), labels.get(i).get("label").textValue());
                assertEquals(expected.get(i).probability(), labels.get(i).get("probability").floatValue());
            }
        }
        Run twice = Run.clip("classify", image, "--labels", "a,none of these", "--none", "--calibration", file);
        assertEquals(2, twice.exitCode());
        assertTrue(twice.err().contains("\"none of these\" is given twice"), twice.err());
        assertEquals(2, Run.clip("classify", image, "--labels", "a", "--calibration", file).exitCode());
    }

    /** With the model inside: what the sample shows is left out of the labels. */
    @Test
    void theModelInsideKnowsWhenNoneFits() {
        Path beach = Path.of("../default-model/samples/beach.png");
        Run none = Run.clip("classify", beach, "--labels", "parking,farmland,forest,airport", "--none");
        assertTrue(none.lines().getFirst().startsWith("none of these "), none.out() + none.err());
        Run beside = Run.clip("classify", beach, "--labels", "beach,parking,farmland,forest,airport", "--none");
        assertTrue(beside.lines().getFirst().startsWith("beach "), beside.out());
    }

    @Test
    void aStadiumIsAStadium() {
        Run run = Run.clip("classify", TestData.shared("images/stadium_1.jpg"), "--labels",
                "residential area,playground,stadium,forest,airport", "--model", TestData.shared("models/rsicd-small"));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.lines().getFirst().startsWith("stadium "), run.out());
    }
}
