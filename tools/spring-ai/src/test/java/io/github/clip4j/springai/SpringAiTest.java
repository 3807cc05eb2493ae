package io.github.clip4j.springai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.Clip;
import io.github.clip4j.aerial.AerialModel;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.DocumentEmbeddingModel;
import org.springframework.ai.embedding.DocumentEmbeddingRequest;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.FileSystemResource;
import org.springframework.util.MimeTypeUtils;

/** The models in a Spring Boot application that runs, with the model that ships with this project. */
class SpringAiTest {
    private static final Path SAMPLES = Path.of("../default-model/samples");
    private static final Path BEACH = SAMPLES.resolve("beach.png");

    @TempDir
    private static Path model;
    private static Clip clip;
    private static ConfigurableApplicationContext application;

    /** A folder of its own, for the model may be inside of a jar. */
    @BeforeAll
    static void start() throws IOException {
        try (Stream<Path> files = Files.list(AerialModel.folder())) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName().toString()));
            }
        }
        clip = Clip.open(model);
        application = SpringApplication.run(PhotoApplication.class, arguments(model.toString()));
    }

    private static String[] arguments(String model) {
        return new String[]{"--server.port=0", "--spring.main.banner-mode=off", "--logging.level.root=warn",
                "--spring.ai.clip4j.model=" + model};
    }

    @AfterAll
    static void stop() {
        application.close();
        clip.close();
    }

    private static Document photo(Path file) {
        return new Document(new Media(MimeTypeUtils.IMAGE_PNG, new FileSystemResource(file)), Map.of());
    }

    @Test
    void theVectorsAreThoseOfClip() {
        EmbeddingModel texts = application.getBean(EmbeddingModel.class);
        List<String> many = Stream.iterate(0, i -> i + 1).limit(40).map(i -> "a pond and " + i + " houses").toList();
        List<float[]> expected = clip.embedTexts(many);
        List<float[]> found = texts.embed(many);
        for (int i = 0; i < many.size(); i++) {
            assertArrayEquals(expected.get(i), found.get(i), many.get(i));
        }
        assertArrayEquals(clip.embedImage(BEACH), texts.embed(photo(BEACH)));
        assertArrayEquals(expected.getFirst(), texts.embed(new Document(many.getFirst())));
        assertEquals(clip.dimension(), texts.dimensions());

        EmbeddingResponse mixed = application.getBean(DocumentEmbeddingModel.class).call(new DocumentEmbeddingRequest(
                new Document("a beach"), photo(BEACH), new Document(many.getFirst()),
                photo(SAMPLES.resolve("parking.png"))));
        List<float[]> inOrder = List.of(clip.embedTexts(List.of("a beach")).getFirst(), clip.embedImage(BEACH),
                expected.getFirst(), clip.embedImage(SAMPLES.resolve("parking.png")));
        for (Embedding embedding : mixed.getResults()) {
            assertArrayEquals(inOrder.get(embedding.getIndex()), embedding.getOutput());
        }
        assertEquals("image/png", mixed.getResults().get(1).getMetadata().getMimeType().toString());
    }

    @Test
    void theEndpointOfTheExample() throws Exception {
        double beach = fit("an aerial photograph of a beach");
        double forest = fit("an aerial photograph of a forest");
        assertTrue(beach > forest && beach > 0.5, beach + " " + forest);
    }

    private static double fit(String text) throws Exception {
        URI address = URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port")
                + "/fit?text=" + text.replace(" ", "%20"));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(HttpRequest.newBuilder(address)
                    .header("Content-Type", "application/octet-stream").POST(BodyPublishers.ofFile(BEACH)).build(),
                    BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            return Double.parseDouble(answer.body());
        }
    }

    @Test
    void healthTellsTheModel() {
        var health = application.getBean("clip4jHealthIndicator", HealthIndicator.class).health();
        assertEquals(Status.UP, health.getStatus());
        assertEquals(clip.dimension(), health.getDetails().get("dimensions"));
    }

    @Test
    void requestsAreObserved() {
        List<String> seen = new ArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                context.getAllKeyValues().forEach(pair -> seen.add(pair.getKey() + "=" + pair.getValue()));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        new ClipEmbeddingModel(clip, "aerial", registry).embed("a beach");
        assertTrue(seen.containsAll(List.of("gen_ai.operation.name=embedding", "gen_ai.request.model=aerial",
                "gen_ai.response.model=aerial", "gen_ai.usage.input_tokens=4")), seen.toString());
    }

    @Test
    void whatIsWrongIsToldInOneLine() throws IOException {
        EmbeddingModel texts = application.getBean(EmbeddingModel.class);
        assertInvalid("the model takes 32; shorten it", () -> texts.embed("a ".repeat(100)));
        assertInvalid("dimensions: expected those of the model", () -> texts.call(
                new EmbeddingRequest(List.of("a"), EmbeddingOptions.builder().dimensions(7).build())));
        DocumentEmbeddingModel documents = application.getBean(DocumentEmbeddingModel.class);
        byte[] whole = Files.readAllBytes(BEACH);
        Media broken = Media.builder().mimeType(MimeTypeUtils.IMAGE_PNG).data(Arrays.copyOf(whole, whole.length / 2))
                .name("half").build();
        assertInvalid("media half: is a truncated PNG", () -> documents.call(request(broken)));
        assertInvalid("of the type audio/mp3, expected an image", () -> documents.call(
                request(Media.builder().mimeType(MimeTypeUtils.parseMimeType("audio/mp3")).data(whole).build())));
        assertInvalid("are not fetched", () -> documents.call(
                request(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("https://example.org/a.png")))));
        assertArrayEquals(clip.embedTexts(List.of("a")).getFirst(), texts.embed("a"), "works on after all of these");
    }

    private static DocumentEmbeddingRequest request(Media media) {
        return new DocumentEmbeddingRequest(new Document(media, Map.of()));
    }

    private static void assertInvalid(String message, Runnable call) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    /** The application does not start, and says which property is at fault, or which model. */
    @Test
    void aModelThatIsNotThere() {
        for (String[] given : new String[][]{{"", "spring.ai.clip4j.model: expected a model folder or a name"},
                {"none", "none: expected a model folder or file, which is not there"}}) {
            Throwable e = assertThrows(RuntimeException.class,
                    () -> SpringApplication.run(PhotoApplication.class, arguments(given[0])).close());
            while (e.getCause() != null) {
                e = e.getCause();
            }
            assertTrue(e.getMessage().startsWith(given[1]), e.getMessage());
        }
    }

    @Test
    void theModelIsClosedWithTheContext() {
        ConfigurableApplicationContext other = SpringApplication.run(PhotoApplication.class,
                arguments(model.toString()));
        Clip opened = other.getBean(Clip.class);
        assertFalse(opened.embedTexts(List.of("a")).isEmpty());
        other.close();
        assertThrows(RuntimeException.class, () -> opened.embedTexts(List.of("another text")));
    }
}
