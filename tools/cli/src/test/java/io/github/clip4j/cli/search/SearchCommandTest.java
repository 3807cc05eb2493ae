package io.github.clip4j.cli.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.ModelId;
import io.github.clip4j.search.QueryVector;
import io.github.clip4j.search.Relevance;
import io.github.clip4j.search.SearchQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code clip index} and {@code clip search} on photographs of noise. */
class SearchCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path temporary;
    private static Path folder;
    private static Path model;
    private static Path photos;
    private static Path index;
    private static final Map<String, float[]> EMBEDDINGS = new HashMap<>();

    @BeforeAll
    static void files() throws IOException {
        folder = temporary.toRealPath();
        model = TestData.model(folder.resolve("model"));
        photos = Files.createDirectories(folder.resolve("photos/<b>&"));
        index = folder.resolve("index");
        for (int i = 0; i < 40; i++) {
            TestData.image(photos.resolve("%02d.%s".formatted(i, i < 30 ? "png" : "jpg")), i);
        }
        Files.createDirectories(folder.resolve("nothing"));
        Run run = Run.clip("index", folder.resolve("photos"), "--index", index, "--model", model);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("", run.err());
        assertTrue(
                run.out().startsWith(index + ": 40 images (40 new, 0 changed, 0 moved, copied or touched, 0 removed, "
                        + "0 unchanged, 0 broken) in "),
                run.out());
        try (Clip clip = Clip.open(model); var files = Files.list(photos)) {
            files.forEach(file -> EMBEDDINGS.put(file.toString(), clip.embedImage(file)));
        }
    }

    /** The paths that are nearest to a vector, and that the command printed. */
    private static void assertFound(QueryVector query, int top, Run run) throws IOException {
        assertEquals(0, run.exitCode(), run.err());
        float[] vector = query.vector();
        List<String> expected = EMBEDDINGS.keySet().stream()
                .sorted(Comparator.comparing((String path) -> -Clip.similarity(vector, EMBEDDINGS.get(path))))
                .limit(top).toList();
        List<String> found = new ArrayList<>();
        JsonNode result = JSON.readTree(run.out());
        for (JsonNode hit : result.get("hits")) {
            String path = hit.get("path").textValue();
            found.add(path);
            // the rounding of 8 products in float
            assertEquals(Clip.similarity(vector, EMBEDDINGS.get(path)), hit.get("score").floatValue(), 1e-6, path);
        }
        assertEquals(expected, found);
        assertEquals(40, result.get("images").intValue());
    }

    @Test
    void textsAndImagesAreAddedWithTheirWeights() throws IOException {
        Path outside = TestData.image(folder.resolve("outside.png"), 77);
        String indexed = photos.resolve("07.png").toString();
        try (Clip clip = Clip.open(model)) {
            float[] text = clip.embedTexts(List.of("a cat")).getFirst();
            float[] other = clip.embedTexts(List.of("a dog")).getFirst();
            assertFound(new QueryVector().add(text, 1), 10,
                    Run.clip("search", "--index", index, "--text", "a cat", "--model", model, "--top", 10, "--json"));
            assertFound(new QueryVector().add(text, 2).add(clip.embedImage(outside), -0.5).add(other, -1)
                    .add(EMBEDDINGS.get(indexed), 3), 4,
                    Run.clip("search", "--text", "a cat", "--weight", 2, "--minus-image", outside, "--weight", 0.5,
                            "--minus-text", "a dog", "--image", indexed, "--weight", 3, "--index", index, "--top", 4,
                            "--model", model, "--json", "--exact"));
        }
    }

    @Test
    void withTextsAloneTheListEndsWhereTheAnswersDo() throws IOException {
        String[] texts = {"a cat", "a dog", "rain", "the sea at night"};
        int lists = 0;
        try (Clip clip = Clip.open(model); ImageIndex open = ImageIndex.open(index)) {
            Relevance relevance = open.relevance(clip.embedTexts(Relevance.THINGS), List.of(1.0));
            for (String text : texts) {
                for (double least : new double[]{0, 0.5, Relevance.DEFAULT, 1}) {
                    List<Object> line = new ArrayList<>(
                            List.of("search", "--index", index, "--text", text, "--model", model, "--json"));
                    if (least != Relevance.DEFAULT) {
                        line.addAll(List.of("--min-relevance", least));
                    }
                    Run run = Run.clip(line.toArray());
                    float[] vector = clip.embedTexts(List.of(text)).getFirst();
                    long fitting = EMBEDDINGS.values().stream()
                            .filter(image -> relevance.of(Clip.similarity(vector, image)) >= least).count();
                    assertFound(new QueryVector().add(vector, 1), (int) fitting, run);
                    for (JsonNode hit : JSON.readTree(run.out()).get("hits")) {
                        assertEquals(relevance.of(hit.get("score").floatValue()), hit.get("relevance").doubleValue());
                    }
                    assertEquals(fitting == 0 ? "clip: nothing in the index fits; --top 10 lists what is nearest" : "",
                            Run.clip(line.stream().filter(word -> !word.equals("--json")).toArray()).err().strip());
                    lists += fitting > 0 && fitting < EMBEDDINGS.size() ? 1 : 0;
                }
            }
        }
        assertTrue(lists > 0, "some lists end somewhere");
    }

    @Test
    void anImageOfTheIndexNeedsNoModel() throws IOException {
        Path image = photos.resolve("11.png");
        Run run = Run.clip("search", "--index", index, "--image", image, "--model", folder.resolve("none"), "--json");
        assertFound(new QueryVector().add(EMBEDDINGS.get(image.toString()), 1), 10, run);
        Run table = Run.clip("search", "--index", index, "--image", image, "--top", 3, "--filter", "1*.png");
        assertEquals(3, table.lines().size(), table.out());
        assertTrue(table.lines().getFirst().matches("1 +1\\.0000 +60x40 +.*/11\\.png"), table.out());
        assertEquals("", Run.clip("search", "--index", index, "--image", image, "--min-score", 1.1).out());
    }

    @Test
    void thePageEscapesNamesAndShowsWhatHasVanished() throws IOException {
        Path gone = photos.resolve("gone'\"><script>.png");
        Path page = folder.resolve("page.html");
        Path other = folder.resolve("other-index");
        TestData.image(gone, 99);
        assertEquals(0, Run.clip("index", photos, "--index", other, "--model", model).exitCode());
        Files.delete(gone);
        Run run = Run.clip("search", "--index", other, "--text", "<img src=x>&", "--model", model, "--top", 50,
                "--html",
                page);
        assertEquals(0, run.exitCode(), run.err());
        String html = Files.readString(page);
        assertEquals(41, html.split("<li>", -1).length - 1);
        assertEquals(40, html.split("<img alt=\"[^\"]*\" src=\"data:image/jpeg;base64,", -1).length - 1);
        for (String expected : List.of("is no longer there", "&lt;img src&#x3D;x&gt;&amp;", "default-src 'none'")) {
            assertTrue(html.contains(expected), expected);
        }
        for (String unescaped : List.of("<script", "<b>&", "<img src")) {
            assertFalse(html.contains(unescaped), unescaped);
        }
    }

    @Test
    void onlyWhatHasChangedIsReadAgain() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        for (int i = 0; i < 12; i++) {
            TestData.image(copy.resolve(i + ".png"), i);
        }
        Path ofCopy = folder.resolve("copy-index");
        Object[] line = {"index", copy, "--index", ofCopy, "--model", model, "--json"};
        assertEquals(0, Run.clip(line).exitCode());
        TestData.image(copy.resolve("0.png"), 50);
        TestData.image(copy.resolve("new.png"), 51);
        Files.delete(copy.resolve("1.png"));
        Files.move(copy.resolve("2.png"), copy.resolve("moved.png"));
        Files.writeString(copy.resolve("3.png"), "broken");
        Run run = Run.clip(line);
        assertEquals(1, run.exitCode());
        List<String> err = run.err().lines().toList();
        assertEquals(3, err.size(), run.err());
        assertTrue(err.get(0).startsWith("clip: " + copy.resolve("3.png") + ": is a file that starts"), run.err());
        assertEquals("clip: left out 1 of 12 files:", err.get(1));
        JsonNode result = JSON.readTree(run.out());
        List<Integer> counts = new ArrayList<>();
        for (String field : List.of("images", "new", "changed", "reused", "removed", "unchanged", "broken")) {
            counts.add(result.get(field).intValue());
        }
        assertEquals(List.of(11, 1, 1, 1, 2, 8, 1), counts, run.out());
    }

    /** As {@code clip evaluate} counts it, on the embeddings themselves. */
    @Test
    void recallIsThatOfTheEvaluation() throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        List<String> names = EMBEDDINGS.keySet().stream().sorted().toList();
        for (int i = 0; i < names.size(); i++) {
            captions.add("picture number " + i);
            String caption = captions.getLast();
            Path name = Path.of(names.get(i));
            Path link = folder.resolve("%s_%s".formatted(i % 2 == 0 ? "even" : "odd", name.getFileName()));
            Files.copy(name, link);
            lines.add(Json.object(line -> {
                line.writeStringField("filename", link.getFileName().toString());
                line.writeStringField("caption", caption);
            }));
        }
        Path data = Files.write(folder.resolve("data.jsonl"), lines);
        Run run = Run.clip("evaluate", "--data", data, "--model", model, "--json");
        assertEquals(0, run.exitCode(), run.err());
        double expected = JSON.readTree(run.out()).get("text_to_image").get("R@10").doubleValue();
        assertEquals(expected, recall(index, model, captions, names), 1e-12);
    }

    @Test
    void aSecondWriterIsToldOfTheFirst() {
        Path locked = folder.resolve("locked");
        try (ImageIndexWriter writer = ImageIndexWriter.open(locked, ModelId.of("model", model), 8, false)) {
            Run run = Run.clip("index", photos, "--index", writer.folder(), "--model", model);
            assertEquals(1, run.exitCode());
            assertTrue(run.err().startsWith("clip: " + locked + ": is being written by process "), run.err());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    1 | none: there is no such folder          | index @/none --index @/new --model @/model
                    1 | outside: there is no such folder       | index @/photos @/outside --index @/new --model @/model
                    1 | model.safetensors: is a file, expected | index @/model/model.safetensors --index @/new --model @/model
                    1 | photos: is not an index, it holds      | index @/photos --index @/photos --model @/model
                    1 | none: expected a model folder          | index @/photos --index @/new --model @/none
                    1 | not with clip4j-model-aerial           | index @/photos --index @/index
                    2 | Missing required                       | index @/photos --model @/model
                    1 | none: there is no index                | search --index @/none --text cat --model @/model
                    1 | nothing: there is no index             | search --index @/nothing --text cat --model @/model
                    1 | not with clip4j-model-aerial           | search --index @/index --text cat
                    1 | none: expected a model folder          | search --index @/index --text cat --model @/none
                    1 | none.png: there is no such file        | search --index @/index --image @/none.png --model @/model
                    2 | Missing required                       | search --index @/index --model @/model
                    2 | Missing required                       | search --index @/index --weight 2 --model @/model
                    2 | a text to search for is empty          | search --index @/index --text _ --model @/model
                    2 | --weight -1.0: expected a number above | search --index @/index --text cat --weight -1 --model @/model
                    2 | --weight NaN: expected a number above  | search --index @/index --text cat --weight NaN --model @/model
                    2 | cancel each other out                  | search --index @/index --text a --minus-text a --model @/model
                    2 | --top 0: at least 1                    | search --index @/index --text a --top 0 --model @/model
                    2 | glob "[a" is none                      | search --index @/index --text a --filter [a --model @/model
                    2 | lowest score is not a number           | search --index @/index --text a --min-score NaN --model @/model
                    2 | a relevance of 2.0, expected 0 to 1    | search --index @/index --text a --min-relevance 2 --model @/model
                    2 | --min-relevance: is for texts alone    | search --index @/index --image @/x.jpg --min-relevance 0.5
                    2 | would overwrite the input              | search --index @/index --image @/x.jpg --html @/x.jpg
                    1 | there is no folder                     | search --index @/index --text a --html @/none/x --model @/model
                    """)
    void badInputIsToldInOneLine(int exitCode, String message, String line) throws IOException {
        Files.writeString(folder.resolve("x.jpg"), "");
        Run run = Run.clip(Arrays.stream(line.split(" "))
                .map(word -> word.replace("@", folder.toString()).replace('_', ' ')).toArray());
        assertEquals(exitCode, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("clip: ") && run.err().contains(message), run.err());
        boolean usage = run.err().lines().skip(1).allMatch(more -> more.startsWith("Try \"clip "));
        assertTrue(usage && run.out().isEmpty(), run.err() + run.out());
        assertFalse(Files.exists(folder.resolve("new/segments_1")), "an index was made");
    }

    /** The share of captions whose image, at the same place of the other list, is among the first ten. */
    private static double recall(Path index, Path model, List<String> captions, List<String> images) {
        try (Clip clip = Clip.open(model); ImageIndex open = ImageIndex.open(index)) {
            List<float[]> texts = clip.embedTexts(captions);
            int found = 0;
            for (int i = 0; i < texts.size(); i++) {
                String image = images.get(i);
                found += open.search(SearchQuery.of(texts.get(i), 10)).stream()
                        .anyMatch(hit -> hit.image().path().equals(image)) ? 1 : 0;
            }
            return (double) found / captions.size();
        }
    }
}
