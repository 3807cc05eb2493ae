package io.github.clip4j.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.image.ImageDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluateCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> CLASSES = List.of("beach", "port", "river");

    @TempDir
    static Path folder;
    private static Path model;
    private static Path data;
    private static Path classes;

    /** Twelve images of noise, each with a caption of its own and one that all share. */
    @BeforeAll
    static void files() throws IOException {
        model = TestData.model(folder.resolve("model"));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String name = "images/%s_%d.png".formatted(CLASSES.get(i % 3), i);
            Files.createDirectories(folder.resolve("images"));
            TestData.image(folder.resolve(name), i);
            lines.add("{\"filename\": \"%s\", \"captions\": [\"picture %d\", \"noise\"]}".formatted(name, i));
        }
        data = Files.write(folder.resolve("data.jsonl"), lines);
        Files.write(folder.resolve("one-class.jsonl"), lines.stream().filter(line -> line.contains("port")).toList());
        Files.write(folder.resolve("no-captions.jsonl"),
                List.of(lines.getFirst(), "{\"filename\": \"images/port_1.png\", \"captions\": []}"));
        Files.write(folder.resolve("missing.jsonl"),
                List.of(lines.getFirst(), "{\"filename\": \"images/port_99.png\", \"captions\": [\"a\"]}"));
        Files.writeString(folder.resolve("images/port_text.png"), "no image");
        Files.write(folder.resolve("text.jsonl"),
                List.of(lines.getFirst(), "{\"filename\": \"images/port_text.png\", \"captions\": [\"a\"]}"));
        classes = Files.writeString(folder.resolve("classes.json"),
                "{\"river\": \"wide river\", \"port\": \"sea port\", \"beach\": \"sandy beach\", \"zoo\": \"zoo\"}");
        Files.writeString(folder.resolve("others.json"), "{\"beach\": \"beach\", \"zoo\": \"zoo\"}");
        Files.writeString(folder.resolve("equal.json"), "{\"beach\": \"a\", \"port\": \"b\", \"river\": \"a\"}");
        Files.writeString(folder.resolve("list.json"), "[\"beach\"]");
    }

    @Test
    void scoresAreThoseOfTheEmbeddings() throws IOException {
        Run run = Run.clip("evaluate", "--data", data, "--model", model, "--template", "a {}", "--template",
                "{raw class} from above", "--ensemble", "--json");
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("", run.err());
        JsonNode result = JSON.readTree(run.out());
        assertEquals(model.toString(), result.get("model").textValue());
        assertEquals(12, result.get("images").intValue());
        try (Clip clip = Clip.open(model)) {
            List<float[]> images = clip.embedImages(IntStream.range(0, 12).mapToObj(i -> new ImageDecoder()
                    .decode(folder.resolve("images/%s_%d.png".formatted(CLASSES.get(i % 3), i)))).toList());
            List<LabelEmbeddings> prompts = List.of(clip.embedLabels(CLASSES, List.of("a {}", "{} from above")),
                    clip.embedLabels(CLASSES, List.of("a {}")), clip.embedLabels(CLASSES, List.of("{} from above")));
            List<String> templates = List.of("ensemble of these templates", "a {}", "{raw class} from above");
            for (int t = 0; t < 3; t++) {
                LabelEmbeddings labels = prompts.get(t);
                long right = IntStream.range(0, 12).filter(i -> clip.classify(images.get(i), labels).getFirst().label()
                        .equals(CLASSES.get(i % 3))).count();
                JsonNode row = result.get("templates").get(t);
                assertEquals(templates.get(t), row.get("template").textValue());
                assertEquals(right / 12.0, row.get("score@1").doubleValue(), templates.get(t));
            }
        }
        assertEquals(result.get("templates").get(0).get("score@1"), result.get("score@1"));
        assertEquals(1, result.get("score@10").intValue());
        assertEquals(CLASSES, result.get("per_class").properties().stream().map(entry -> entry.getKey()).toList());
        double recalls = 0;
        for (String direction : List.of("image_to_text", "text_to_image")) {
            for (String at : List.of("R@1", "R@5", "R@10")) {
                recalls += result.get(direction).get(at).doubleValue();
            }
        }
        assertEquals(recalls / 6, result.get("mean_recall").doubleValue(), 1e-12);
    }

    @Test
    void theModelInsideIsCalledByItsName() throws IOException {
        Run run = Run.clip("evaluate", "--data", data, "--json");
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("clip4j-model-aerial", JSON.readTree(run.out()).get("model").textValue());
    }

    @Test
    void calibrationWritesWhatNoneNeeds() throws IOException {
        Path trained = TestData.shared("models/rsicd-small");
        Path rsicd = TestData.shared("rsicd");
        List<String> all = Files.readAllLines(rsicd.resolve("valid.jsonl"));
        Path lines = Files.write(folder.resolve("some.jsonl"),
                IntStream.range(0, 200).mapToObj(i -> all.get(5 * i)).toList());
        Path file = folder.resolve("calibration.json");
        Run run = Run.clip("calibrate", "--data", lines, "--images", rsicd, "--model", trained, "--classes",
                rsicd.resolve("class-names.json"), "--output", file);
        assertEquals(0, run.exitCode(), run.err());
        Calibration calibration = Calibration.read(file);
        // 1.02 and 0.352 by all 1,027 images
        assertEquals(1.02, calibration.temperature(), 0.15);
        assertEquals(0.352, calibration.none(), 0.05);
        assertTrue(run.out().matches("(?s).*on 400 questions about those between: right [78]\\d\\.\\d %, expected "
                + "calibration error 0\\.0[1-8].*"), run.out());
    }

    /** What transformers and torch computed, in the model's TRAINING.md. */
    @Test
    void scoresOfATrainedModelAreReproduced() throws IOException {
        Path trained = TestData.shared("models/rsicd-small");
        Path rsicd = TestData.shared("rsicd");
        Run run = Run.clip("evaluate", "--data", rsicd.resolve("valid.jsonl"), "--model", trained, "--classes",
                rsicd.resolve("class-names.json"), "--template", "Aerial photograph of {raw class}", "--template",
                "An aerial photograph of {category}", "--json");
        assertEquals(0, run.exitCode(), run.err());
        JsonNode result = JSON.readTree(run.out());
        near(result.get("templates").get(0), List.of("score@1", "score@3", "score@5", "score@10"), 0.6358, 0.8520,
                0.9270, 0.9796);
        near(result.get("templates").get(1), List.of("score@1", "score@3", "score@5", "score@10"), 0.6407, 0.8608,
                0.9328, 0.9805);
        near(result.get("image_to_text"), List.of("R@1", "R@5", "R@10"), 0.0312, 0.0974, 0.1723);
        near(result.get("text_to_image"), List.of("R@1", "R@5", "R@10"), 0.0358, 0.1313, 0.2354);
        near(result, List.of("mean_recall"), 0.1172);
    }

    private static void near(JsonNode object, List<String> fields, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], object.get(fields.get(i)).doubleValue(), 0.002, fields.get(i));
        }
    }

    @Test
    void modelsAreComparedOnTwoDataSets() throws IOException {
        Path other = TestData.model(folder.resolve("other"));
        Object[] args = {"evaluate", "--data", data, "--model", model, "--model", other, "--classes", classes,
                "--second-data", data, "--second-template", "{}"};
        Run run = Run.clip(args);
        assertEquals(0, run.exitCode(), run.err());
        List<String> lines = run.lines();
        assertEquals(data + ": 12 images, 24 captions, 4 classes", lines.get(0));
        assertEquals(data + ": 12 images, 24 captions, 3 classes", lines.get(12), run.out());
        assertTrue(lines.get(3).startsWith(model + " ") && lines.get(4).startsWith(other + " "), run.out());
        assertTrue(lines.getLast().matches(".* [+]0\\.0000 +[+]0\\.0000"), run.out());
        assertTrue(run.err().startsWith("clip: " + data + ": no image of 1 of the 4 classes") && run.err()
                .endsWith(": zoo\n"), run.err());

        List<Object> json = new ArrayList<>(Arrays.asList(args));
        json.add("--json");
        Run objects = Run.clip(json.toArray());
        assertEquals(2, objects.lines().size());
        JsonNode second = JSON.readTree(objects.lines().getLast()).get("second");
        assertEquals("{}", second.get("template").textValue());
        assertTrue(JSON.readTree(objects.out()).get("per_class").get("zoo").get("accuracy").isNull(), objects.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    1 | one-class.jsonl: all 4 images are of class "port", expected two | --data @/one-class.jsonl --model @/model
                    1 | others.json: has no name for 2 of the 3 classes of              | --data @/data.jsonl --model @/model --classes @/others.json
                    1 | data.jsonl, such as "port"; expected file names up to           | --data @/data.jsonl --model @/model --classes @/others.json
                    1 | equal.json: classes "beach" and "river" have the same name "a"  | --data @/data.jsonl --model @/model --classes @/equal.json
                    1 | list.json: line 1: expected an object                           | --data @/data.jsonl --model @/model --classes @/list.json
                    1 | none.json: expected a JSON file                                 | --data @/data.jsonl --model @/model --classes @/none.json
                    1 | no-captions.jsonl: line 2: expected one caption or more         | --data @/no-captions.jsonl --model @/model
                    1 | missing in all: 1 of 2 images                                   | --data @/missing.jsonl --model @/model
                    1 | missing in all: 12 of 12 images                                 | --data @/data.jsonl --images @/model --model @/model
                    1 | port_text.png: is a file that starts with                       | --data @/text.jsonl --model @/model
                    1 | none.jsonl: expected a JSON file, found nothing                 | --data @/none.jsonl --model @/model
                    1 | one-class.jsonl: all 4 images                                   | --data @/data.jsonl --second-data @/one-class.jsonl --model @/model
                    1 | none: expected a model folder                                   | --data @/data.jsonl --model @/none
                    1 | there is no folder                                              | --data @/data.jsonl --model @/model --report @/none/x.html
                    2 | would overwrite the input                                       | --data @/data.jsonl --model @/model --report @/data.jsonl
                    2 | --template "a photo": has no {category} or {raw class}          | --data @/data.jsonl --model @/model --template a_photo
                    2 | --ensemble: needs at least two templates                        | --data @/data.jsonl --model @/model --ensemble
                    """)
    void badInputIsToldInOneLine(int exitCode, String message, String line) {
        Run run = Run.clip(Arrays.stream(("evaluate " + line).split(" "))
                .map(word -> word.replace("@", folder.toString()).replace('_', ' ')).toArray());
        assertEquals(exitCode, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("clip: ") && run.err().contains(message), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertEquals("", run.out());
    }

    @Test
    void aPromptThatIsTooLongIsNamed() {
        Run run = Run.clip("evaluate", "--data", data, "--model", model, "--template", "{} word".repeat(60));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().startsWith("clip: prompt \"beach wordbeach") && run.err().contains("the model takes 77"),
                run.err());
        assertFalse(run.err().contains("internal"), run.err());
    }
}
