package io.github.clip4j.cli.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.aerial.AerialModel;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.train.Explainer;
import io.github.clip4j.train.Explanation;
import io.github.clip4j.train.Explanation.Word;
import io.github.clip4j.train.data.ClassPrompts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainCommandTest {
    private static final int SIDE = 150;

    @TempDir
    static Path folder;
    private static Path model;
    private static Path image;

    @BeforeAll
    static void files() throws IOException {
        model = TestData.model(folder.resolve("model"));
        image = TestData.image(folder.resolve("image.png"), 2); // 60 x 40, of which the middle 40 x 40 are seen
    }

    @Test
    void whatIsPrintedIsWhatTheLibraryComputes() throws IOException {
        Run run = Run.clip("explain", image, "an antidisestablishmentarian cat", "--model", model, "--json");
        assertEquals(0, run.exitCode(), run.err());
        JsonNode result = new ObjectMapper().readTree(run.out());
        try (Explainer explainer = Explainer.open(model, ClipOptions.DEFAULT); Clip clip = Clip.open(model)) {
            Explanation expected = explainer.explain(new ImageDecoder().decode(image),
                    "an antidisestablishmentarian cat");
            assertEquals(List.of("an", "antidisestablishmentarian", "cat"),
                    expected.words().stream().map(Word::text).toList());
            assertEquals(1, expected.words().stream().mapToDouble(Word::attention).sum(), 1e-9);
            float cosine = Clip.similarity(clip.embedImage(image),
                    clip.embedTexts(List.of("an antidisestablishmentarian cat")).getFirst());
            assertEquals(cosine, result.get("cosine").doubleValue(), 1e-5);
            float without = Clip.similarity(clip.embedImage(image), clip.embedTexts(List.of("an cat")).getFirst());
            assertEquals(cosine - without, expected.words().get(1).omission(), 2e-5);
            assertEquals(expected.words().get(1).omission(),
                    result.get("words").get(1).get("omission").doubleValue());
            assertEquals(expected.grid() * expected.grid(), result.get("attention").size());
            for (int i = 0; i < expected.windows().length; i++) {
                assertEquals(expected.windows()[i], result.get("windows").get(i).doubleValue());
            }
        }
        assertEquals("{\"x\":10.0,\"y\":0.0,\"size\":40.0}", result.get("region").toString());
    }

    @ParameterizedTest
    @CsvSource({"parts", "attention"})
    void theHeatMapIsAPictureOfTheImage(String method) throws IOException {
        Path heat = folder.resolve(method + ".png");
        Run run = Run.clip("explain", image, "a cat", "--model", model, "--output", heat, "--method", method);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.lines().getFirst().matches("cosine -?0\\.\\d{4}"), run.out());
        assertTrue(run.lines().getLast().matches("\\d  x \\d+ +y \\d+ +\\d+ px"), run.out());
        assertEquals(1200, ImageIO.read(heat.toFile()).getWidth());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2 | the text is empty          | explain @/image.png _
            1 | none.png: there is no such | explain @/none.png cat
            2 | would overwrite the input  | explain @/image.png cat --output @/image.png
            1 | there is no folder         | explain @/image.png cat --output @/none/heat.png
            """)
    void badInputIsToldInOneLine(int exitCode, String message, String line) {
        Run run = Run.clip(Stream.of(line.split(" "))
                .map(word -> word.replace("@", folder.toString()).replace('_', ' ')).toArray());
        assertEquals(exitCode, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("clip: ") && run.err().contains(message), run.err());
    }

    /** In mosaics of four photographs of different classes the best place is in the one that the text names. */
    @Test
    void theModelInsidePointsIntoTheRightQuarter() throws IOException {
        Path rsicd = TestData.shared("rsicd");
        Map<String, String> names = ClassPrompts.readNames(rsicd.resolve("class-names.json"));
        Map<String, List<Path>> photographs;
        try (Stream<String> lines = Files.lines(rsicd.resolve("valid.jsonl"))) {
            photographs = lines.map(line -> rsicd.resolve(line.split("\"")[3]))
                    .collect(Collectors.groupingBy(ExplainCommandTest::label, TreeMap::new, Collectors.toList()));
        }
        Random random = new Random(1);
        int right = 0;
        int mosaics = 100;
        try (Explainer explainer = Explainer.open(AerialModel.folder(), ClipOptions.DEFAULT)) {
            for (int i = 0; i < mosaics; i++) {
                List<String> labels = new ArrayList<>(photographs.keySet());
                Collections.shuffle(labels, random);
                List<RgbImage> four = labels.subList(0, 4).stream().map(photographs::get)
                        .map(files -> new ImageDecoder().decode(files.get(random.nextInt(files.size())))).toList();
                int named = random.nextInt(4);
                Explanation explanation = explainer.explain(mosaic(four),
                        "an aerial photograph of " + names.get(labels.get(named)));
                right += quarter(explanation) == named ? 1 : 0;
            }
        }
        assertTrue(right >= 0.8 * mosaics, right + " of " + mosaics);
    }

    private static String label(Path file) {
        return file.getFileName().toString().replaceFirst("_?\\d+\\.jpg", "").toLowerCase();
    }

    private static RgbImage mosaic(List<RgbImage> four) {
        byte[] pixels = new byte[3 * 4 * SIDE * SIDE];
        for (int i = 0; i < 4; i++) {
            for (int y = 0; y < SIDE; y++) {
                System.arraycopy(four.get(i).pixels(), 3 * y * SIDE, pixels,
                        3 * ((i / 2 * SIDE + y) * 2 * SIDE + i % 2 * SIDE), 3 * SIDE);
            }
        }
        return new RgbImage(2 * SIDE, 2 * SIDE, pixels);
    }

    /** That of the patch whose windows have the highest mean. */
    private static int quarter(Explanation explanation) {
        int grid = explanation.grid();
        double[] sums = new double[grid * grid];
        int[] counts = new int[grid * grid];
        int columns = grid - explanation.window() + 1;
        for (int w = 0; w < explanation.windows().length; w++) {
            for (int p = 0; p < explanation.window() * explanation.window(); p++) {
                int patch = (w / columns + p / explanation.window()) * grid + w % columns
                        + p % explanation.window();
                sums[patch] += explanation.windows()[w];
                counts[patch]++;
            }
        }
        Arrays.setAll(sums, i -> sums[i] / counts[i]);
        int best = IntStream.range(0, sums.length).reduce((a, b) -> sums[b] > sums[a] ? b : a).orElseThrow();
        return 2 * (2 * (best / grid) / grid) + 2 * (best % grid) / grid;
    }
}
