package io.github.clip4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.spi.model.embedding.EmbeddingModelFactory;
import io.github.clip4j.Clip;
import io.github.clip4j.aerial.AerialModel;
import io.github.clip4j.checkpoint.CheckpointException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against LangChain4j itself, with the model that ships with this project. */
class ClipEmbeddingModelTest {
    private static final Path SAMPLES = Path.of("../default-model/samples");
    private static final Path BEACH = SAMPLES.resolve("beach.png");
    private static final Path PARKING = SAMPLES.resolve("parking.png");

    private static Clip clip;
    private static ClipEmbeddingModel model;

    @BeforeAll
    static void open() {
        clip = AerialModel.open();
        model = ClipEmbeddingModel.builder().model(AerialModel.folder()).build();
    }

    @AfterAll
    static void close() {
        model.close();
        clip.close();
    }

    private static EmbeddingResponse embed(ClipEmbeddingModel by, Content... contents) {
        return by.embed(
                EmbeddingRequest.builder().inputs(Stream.of(contents).map(EmbeddingInput::from).toList()).build());
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }

    /** Texts and images in any order, given in every way, and 40 texts at once. */
    @Test
    void theVectorsAreThoseOfClip() throws IOException {
        float[] beach = clip.embedImage(BEACH);
        float[] text = clip.embedTexts(List.of("a beach")).getFirst();
        EmbeddingResponse response = embed(model, ImageContent.from(base64(BEACH), "image/png"),
                TextContent.from("a beach"),
                ImageContent.from(BEACH.toAbsolutePath().toUri()), ImageContent.from(PARKING, "image/png"),
                ImageContent.from("data:image/png;base64," + base64(BEACH)));
        List<float[]> expected = List.of(beach, text, beach, clip.embedImage(PARKING), beach);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), response.embeddings().get(i).vector(), "input " + i);
        }
        assertEquals(4, response.tokenUsage().inputTokenCount());

        List<String> texts = Stream.iterate(0, i -> i + 1).limit(40).map(i -> "farmland and " + i + " houses").toList();
        List<Embedding> all = model.embedAll(texts.stream().map(TextSegment::from).toList()).content();
        for (int i = 0; i < texts.size(); i++) {
            assertArrayEquals(clip.embedTexts(texts).get(i), all.get(i).vector(), texts.get(i));
        }
        assertArrayEquals(text, model.embed("a beach").content().vector());
        assertEquals(clip.dimension(), model.dimension());
    }

    @Test
    void aTemplateIsPutAroundTexts() {
        try (ClipEmbeddingModel prompted = ClipEmbeddingModel.builder().model(AerialModel.folder())
                .template(AerialModel.TEMPLATE).threads(1).build()) {
            assertArrayEquals(clip.embedTexts(List.of("an aerial photograph of a pond")).getFirst(),
                    prompted.embed("a pond").content().vector());
        }
        assertThrows(IllegalArgumentException.class, () -> ClipEmbeddingModel.builder().template("no braces"));
    }

    @Test
    void whatIsWrongIsToldInOneLine() throws IOException {
        byte[] whole = Files.readAllBytes(BEACH);
        String half = Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(whole, whole.length / 2));
        assertInvalid("an image given as bytes: is a truncated PNG", ImageContent.from(half, "image/png"));
        assertInvalid("is not in base 64", ImageContent.from("*", "image/png"));
        assertInvalid("none.png: there is no such file", ImageContent.from(URI.create("file:///none.png")));
        assertInvalid("expected bytes in base 64", ImageContent.from(URI.create("data:text/plain,x")));
        assertInvalid("addresses are not fetched", ImageContent.from("https://example.org/a.png"));
        assertInvalid("expected an address of the kinds file, data", ImageContent.from("ftp://example.org/a.png"));
        assertInvalid("the model takes 32; shorten it", TextContent.from("a ".repeat(100)));
        assertArrayEquals(clip.embedImage(BEACH),
                embed(model, ImageContent.from(BEACH, "image/png")).embeddings().getFirst()
                        .vector(),
                "works on after all of these");
    }

    private static void assertInvalid(String message, Content content) {
        InvalidRequestException e = assertThrows(InvalidRequestException.class,
                () -> embed(model, TextContent.from("a beach"), content));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void whatIsNotSupported() {
        assertThrows(UnsupportedFeatureException.class,
                () -> embed(model, AudioContent.from("https://example.org/a.mp3")));
        EmbeddingInput both = EmbeddingInput.from(TextContent.from("a beach"), ImageContent.from(BEACH, "image/png"));
        assertThrows(UnsupportedFeatureException.class,
                () -> model.embed(EmbeddingRequest.builder().inputs(List.of(both)).build()));
    }

    @Test
    void theNetworkIsUsedWhereItIsAllowed() throws IOException {
        byte[] png = Files.readAllBytes(BEACH);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, png.length);
            exchange.getResponseBody().write(png);
            exchange.close();
        });
        server.start();
        try (ClipEmbeddingModel networked = ClipEmbeddingModel.builder().model(AerialModel.folder()).allowNetwork(true)
                .build()) {
            Content image = ImageContent.from("http://127.0.0.1:" + server.getAddress().getPort() + "/a.png");
            assertArrayEquals(clip.embedImage(BEACH), embed(networked, image).embeddings().getFirst().vector());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aModelThatIsNotThere() {
        assertThrows(IllegalArgumentException.class, () -> ClipEmbeddingModel.builder().build());
        CheckpointException e = assertThrows(CheckpointException.class,
                () -> ClipEmbeddingModel.builder().model(Path.of("none")).build());
        assertTrue(e.getMessage().startsWith("none: expected a model folder"), e.getMessage());
    }

    @Test
    void langChain4jFindsTheFactory() {
        EmbeddingModelFactory factory = ServiceLoader.load(EmbeddingModelFactory.class).findFirst().orElseThrow();
        IllegalStateException e = assertThrows(IllegalStateException.class, factory::create);
        assertTrue(e.getMessage().contains("-Dclip4j.model"), e.getMessage());
    }

    @Test
    void theExampleOfTheReadme() {
        PhotoSearch photos = new PhotoSearch(model, List.of(BEACH, PARKING, SAMPLES.resolve("farmland.png")));
        assertEquals("beach.png", photos.find("an aerial photograph of a beach"));
        assertEquals("parking.png", photos.find("an aerial photograph of a parking lot"));
        assertEquals("farmland.png", photos.find(SAMPLES.resolve("farmland.png")));
    }
}
