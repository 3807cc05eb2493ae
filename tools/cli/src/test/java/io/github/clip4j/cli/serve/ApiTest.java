package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.cli.serve.TestServer.Answer;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.Prediction;
import io.github.clip4j.find.Findings;
import io.github.clip4j.find.HeatMap;
import io.github.clip4j.find.ImageSearch;
import io.github.clip4j.find.Match;
import io.github.clip4j.find.Tiling;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageStrips;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.search.Hit;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.search.QueryVector;
import io.github.clip4j.search.Relevance;
import io.github.clip4j.search.SearchQuery;
import io.github.clip4j.train.Explainer;
import io.github.clip4j.train.Explanation;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API answers is what the library computes. */
class ApiTest {
    @TempDir
    static Path folder;
    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new TestServer(folder, TestServer.SETTINGS);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Path file(int image) {
        return Path.of(server.images.get(image).path());
    }

    private static String id(int image) {
        return server.images.get(image).id();
    }

    private static float[] text(String text) {
        return server.clip.embedTexts(List.of(text)).getFirst();
    }

    private static void assertHits(QueryVector query, int top, Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.toString());
        List<Hit> expected = server.index.search(SearchQuery.of(query.vector(), top));
        JsonNode hits = answer.json().get("hits");
        assertEquals(expected.size(), hits.size());
        for (int i = 0; i < hits.size(); i++) {
            IndexedImage image = expected.get(i).image();
            assertEquals(List.of(image.id(), image.path(), 60, 40), List.of(hits.get(i).get("id").textValue(),
                    hits.get(i).get("path").textValue(), hits.get(i).get("width").intValue(),
                    hits.get(i).get("height").intValue()));
            assertEquals(expected.get(i).score(), hits.get(i).get("score").floatValue());
        }
    }

    @Test
    void infoTellsTheModelTheImagesAndTheLimits() throws Exception {
        JsonNode info = server.get("/api/info").json();
        assertEquals("a model", info.get("model").textValue());
        assertEquals(8, info.get("dimension").intValue());
        assertTrue(info.get("images").intValue() >= TestServer.IMAGES);
        assertEquals("a photo of a {}", info.get("template").textValue());
        assertEquals(10_000, info.get("limits").get("pixels").intValue());
        assertEquals(Relevance.DEFAULT, info.get("minRelevance").doubleValue());
    }

    @Test
    void textsAndImagesOfTheIndexCombine() throws Exception {
        Answer answer = server.post("/api/search",
                """
                        {"texts": ["a cat", "ein Hund"], "minusTexts": ["rain"], "images": ["%s"], "minusImages": ["%s"], "top": 5}
                        """
                        .formatted(id(3), id(4)));
        QueryVector query = new QueryVector().add(text("a cat"), 1).add(text("ein Hund"), 1)
                .add(server.clip.embedImage(file(3)), 1).add(text("rain"), -1).add(server.clip.embedImage(file(4)), -1);
        assertHits(query, 5, answer);
        assertTrue(answer.json().get("milliseconds").doubleValue() > 0);
    }

    @Test
    void anImageThatIsSentTakesItsOptionsFromTheAddress() throws Exception {
        Answer answer = server.post("/api/search?texts=a%20cat&texts=rain&top=3", "image/png",
                Files.readAllBytes(file(5)));
        assertHits(new QueryVector().add(text("a cat"), 1).add(text("rain"), 1)
                .add(server.clip.embedImage(file(5)), 1), 3, answer);
        Answer alone = server.post("/api/search", "image/png", Files.readAllBytes(file(5)));
        assertEquals(id(5), alone.json().get("hits").get(0).get("id").textValue());
    }

    @Test
    void whatIsFoundCanBeNarrowed() throws Exception {
        JsonNode named = server.post("/api/search", "{\"texts\": \"a cat\", \"filter\": \"image 1?.png\"}").json();
        assertTrue(named.get("hits").size() >= 2, named.toString());
        named.get("hits").forEach(hit -> assertTrue(hit.get("path").textValue().contains("/image 1"), hit.toString()));
        JsonNode near = server.post("/api/search?minScore=0.9999", "image/png", Files.readAllBytes(file(2))).json();
        assertEquals(1, near.get("hits").size());
        assertEquals(0,
                server.post("/api/search", "{\"texts\": [\"a\"], \"minScore\": 1.5}").json().get("hits").size());
    }

    @Test
    void whatShowsTheSameCanBeListedOnce() throws Exception {
        // two files of the same image, beside the twelve of noise
        IndexedImage one = server.put(200);
        Path copy = Files.copy(Path.of(one.path()), server.folder.resolve("image 201.png"));
        IndexedImage other = server.put(new IndexedImage(copy.toString(), one.size(), one.modified(), "", 60, 40));
        server.index.refresh();
        awaitFound(other);
        JsonNode hits = server.post("/api/search?collapse=true&top=50", "image/png", Files.readAllBytes(copy)).json()
                .get("hits");
        assertEquals(server.index.size() - 1, hits.size());
        assertEquals(List.of(one.id(), other.id()),
                List.of(hits.get(0).get("id").textValue(), hits.get(0).get("others").get(0).textValue()));
        assertFalse(hits.get(1).has("others"));
    }

    @Test
    void theListCanEndWhereTheAnswersDo() throws Exception {
        Relevance relevance = server.index.relevance(server.clip.embedTexts(Relevance.THINGS), List.of(1.0, -1.0));
        JsonNode all = server.post("/api/search",
                "{\"texts\": [\"a cat\"], \"minusTexts\": [\"rain\"], \"minRelevance\": 0}").json().get("hits");
        assertEquals(server.index.size(), all.size());
        for (JsonNode hit : all) {
            assertEquals(relevance.of(hit.get("score").floatValue()), hit.get("relevance").doubleValue());
        }
        double middle = all.get(all.size() / 2).get("relevance").doubleValue();
        JsonNode some = server.post("/api/search",
                "{\"texts\": [\"a cat\"], \"minusTexts\": [\"rain\"], \"minRelevance\": %s}".formatted(middle)).json()
                .get("hits");
        some.forEach(hit -> assertTrue(hit.get("relevance").doubleValue() >= middle, some.toString()));
        assertEquals(all.size() / 2 + 1, some.size());
        assertFalse(server.post("/api/search", "{\"texts\": [\"a cat\"]}").json().get("hits").get(0).has("relevance"));
    }

    @Test
    void labelsOfOneOfTheImagesAndOfOneThatIsSent() throws Exception {
        List<String> labels = List.of("a cat", "ein Hund", "猫");
        Answer sent = server.post("/api/classify?label=a%20cat&label=ein+Hund&label=%E7%8C%AB&template=%7B%7D!"
                + "&template=a%20%7B%7D", "image/png", Files.readAllBytes(file(1)));
        assertPredictions(server.clip.classify(file(1), server.clip.embedLabels(labels, List.of("{}!", "a {}"))), sent);
        Answer indexed = server.post("/api/classify",
                "{\"image\": \"%s\", \"labels\": [\"a cat\", \"ein Hund\", \"猫\"]}".formatted(id(1)));
        assertPredictions(server.clip.classify(file(1), server.clip.embedLabels(labels, List.of("a photo of a {}"))),
                indexed);
        Answer none = server.post("/api/classify?label=a%20cat&label=rain&none=true", "image/png",
                Files.readAllBytes(file(1)));
        assertPredictions(server.clip.classify(server.clip.embedImage(file(1)),
                server.clip.embedLabels(List.of("a cat", "rain"), List.of("a photo of a {}")), TestServer.CALIBRATION),
                none);
    }

    private static void assertPredictions(List<Prediction> expected, Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.toString());
        JsonNode predictions = answer.json().get("predictions");
        assertEquals(expected.size(), predictions.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).label(), predictions.get(i).get("label").textValue());
            assertEquals(expected.get(i).probability(), predictions.get(i).get("probability").floatValue());
        }
    }

    @Test
    void placesAndHeatMapAreThoseOfTheLibrary() throws Exception {
        Answer sent = server.post("/api/find?text=a+cat&tile=10&top=4", "image/png", Files.readAllBytes(file(7)));
        assertEquals(200, sent.status(), sent.toString());
        Findings findings;
        try (ImageStrips strips = ImageStrips.open(file(7))) {
            findings = new ImageSearch(server.clip, "a cat", ImageSearch.NEGATIVES).search(strips,
                    Tiling.of(60, 40, 10, 0.5, List.of(1.0, 2.0)), _ -> {});
        }
        List<Match> expected = findings.top(4);
        JsonNode boxes = sent.json().get("boxes");
        assertEquals("60 40 4",
                "%s %s %d".formatted(sent.json().get("width"), sent.json().get("height"), boxes.size()));
        for (int i = 0; i < 4; i++) {
            assertEquals(expected.get(i).tile().x(), boxes.get(i).get("x").intValue());
            assertEquals(expected.get(i).tile().size(), boxes.get(i).get("height").intValue());
            assertEquals(expected.get(i).score(), boxes.get(i).get("score").doubleValue());
        }
        String map = sent.json().get("heatMap").textValue();
        assertTrue(map.startsWith("data:image/png;base64,"));
        assertArrayEquals(HeatMap.draw(findings, expected).png(), Base64.getDecoder().decode(map.split(",")[1]));
        Answer indexed = server.post("/api/find", "{\"image\": \"%s\", \"text\": \"a cat\", \"grid\": 4, \"top\": 4}"
                .formatted(id(7)));
        assertEquals(sent.json().get("boxes"), indexed.json().get("boxes"));
    }

    @Test
    void reasonsAreThoseOfTheLibrary() throws Exception {
        Answer sent = server.post("/api/explain?text=a+cat", "image/png", Files.readAllBytes(file(7)));
        assertEquals(200, sent.status(), sent.toString());
        RgbImage image = new ImageDecoder().decode(file(7));
        try (Explainer explainer = Explainer.open(server.folder.resolve("model"), ClipOptions.DEFAULT)) {
            Explanation expected = explainer.explain(image, "a cat");
            assertEquals(expected.cosine(), sent.json().get("cosine").doubleValue());
            assertEquals("cat", sent.json().get("words").get(1).get("text").textValue());
            assertEquals(expected.words().get(1).omission(),
                    sent.json().get("words").get(1).get("omission").doubleValue());
            Findings findings = Findings.ofGrid(image, expected.region(), expected.grid(),
                    expected.window(), expected.windows());
            assertArrayEquals(HeatMap.draw(findings, findings.top(3)).png(),
                    Base64.getDecoder().decode(sent.json().get("heatMap").textValue().split(",")[1]));
        }
        assertEquals(sent.json(), server.post("/api/explain", "{\"image\": \"%s\", \"text\": \"a cat\"}"
                .formatted(id(7))).json());
    }

    @Test
    void filesAndThumbnailsAreServedOnceForEachVersion() throws Exception {
        Answer whole = server.get("/api/images/" + id(0));
        assertArrayEquals(Files.readAllBytes(file(0)), whole.body());
        assertEquals("image/png", whole.header("Content-Type"));
        Answer small = server.get("/api/images/" + id(0) + "/thumbnail");
        assertEquals("image/jpeg", small.header("Content-Type"));
        RgbImage thumbnail = new ImageDecoder().decode(small.body(), "thumbnail");
        assertEquals("60 40", thumbnail.width() + " " + thumbnail.height());
        for (String path : List.of("", "/thumbnail")) {
            String tag = server.get("/api/images/" + id(0) + path).header("ETag");
            Answer again = server.get("/api/images/" + id(0) + path, "If-None-Match", tag);
            assertEquals("304 ", again.toString(), path);
        }
    }

    /** Formats that browsers cannot show are shown by their thumbnails. */
    @Test
    void formatsAreTakenAsWhatTheyAre() throws Exception {
        float[] embedding = null;
        for (String format : List.of("bmp", "gif", "tiff", "png")) {
            BufferedImage image = new BufferedImage(300, 20, BufferedImage.TYPE_3BYTE_BGR);
            Path file = folder.resolve("black." + format);
            ImageIO.write(image, format, file.toFile());
            Answer answer = server.post("/api/search", "image/jpeg", Files.readAllBytes(file));
            assertEquals(200, answer.status(), format + ": " + answer);
            embedding = server.clip.embedImage(file);
            assertHits(new QueryVector().add(embedding, 1), 24, answer);
        }
    }

    @Test
    void whatIsCommittedLaterIsFoundAndWhatIsChangedIsGone() throws Exception {
        IndexedImage late = server.put(100);
        awaitFound(late);
        Files.write(Path.of(late.path()), new byte[3]);
        assertEquals(410, server.get("/api/images/" + late.id()).status());
        Files.delete(Path.of(late.path()));
        Answer gone = server.get("/api/images/" + late.id() + "/thumbnail");
        assertEquals(410, gone.status());
        assertEquals("the file of image " + late.id() + " was changed or deleted", gone.error());
        assertEquals(410, server.post("/api/classify", "{\"image\": \"%s\", \"labels\": [\"a\"]}".formatted(late.id()))
                .status());
    }

    /** The server looks for what is new once a second. */
    private static void awaitFound(IndexedImage image) throws Exception {
        int status = 0;
        for (long end = System.nanoTime() + 30_000_000_000L; System.nanoTime() < end && status != 200;) {
            status = server.get("/api/images/" + image.id()).status();
        }
        assertEquals(200, status, "never refreshed");
    }
}
