package io.github.clip4j.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.train.Explainer;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.search.ModelId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A server with a small model and an index of {@link #IMAGES} images of noise. */
final class TestServer implements AutoCloseable {
    static final int IMAGES = 12;
    static final Calibration CALIBRATION = new Calibration(2, 0.25);
    static final String TOKEN = "a-token-of-tests";
    static final ServerSettings SETTINGS = new ServerSettings(InetAddress.getLoopbackAddress(), 0, null, 1 << 20,
            10_000,
            Duration.ofSeconds(60), Duration.ofSeconds(30), 64);

    final Path folder;
    final Clip clip;
    final ImageIndex index;
    final List<IndexedImage> images = new ArrayList<>();
    private final StringWriter log = new StringWriter();
    private final WebServer server;
    private final URI base;
    private final HttpClient client = HttpClient.newHttpClient();

    TestServer(Path folder, ServerSettings settings) throws IOException {
        this.folder = folder;
        Path model = folder.resolve("model");
        if (!Files.exists(model)) {
            TestData.model(model);
        }
        clip = Clip.open(model);
        try (ImageIndexWriter writer = writer()) {
            for (int i = 0; i < IMAGES; i++) {
                images.add(put(writer, i));
            }
            writer.commit();
        }
        index = ImageIndex.open(folder.resolve("index"));
        server = new WebServer(settings, new ServedModel("a model", clip, "a photo of a {}",
                Optional.of(CALIBRATION),
                () -> Explainer.open(model, ClipOptions.DEFAULT), Optional.of(index)),
                new PrintWriter(log, true));
        base = server.address();
    }

    private ImageIndexWriter writer() {
        return ImageIndexWriter.open(folder.resolve("index"), ModelId.of("a model", folder.resolve("model")),
                clip.dimension(), false);
    }

    /** Draws an image and adds it to the index. */
    private IndexedImage put(ImageIndexWriter writer, int number) throws IOException {
        Path file = TestData.image(folder.resolve("image " + number + ".png"), number);
        IndexedImage image = new IndexedImage(file.toString(), Files.size(file),
                Files.getLastModifiedTime(file).toMillis(), "", 60, 40);
        writer.put(image, clip.embedImage(file));
        return image;
    }

    /** Draws one more image and commits it to the index. */
    IndexedImage put(int number) throws IOException {
        try (ImageIndexWriter writer = writer()) {
            IndexedImage image = put(writer, number);
            writer.commit();
            return image;
        }
    }

    /** Commits an image with the vector that its file has. */
    IndexedImage put(IndexedImage image) throws IOException {
        try (ImageIndexWriter writer = writer()) {
            writer.put(image, clip.embedImage(Path.of(image.path())));
            writer.commit();
            return image;
        }
    }

    static ServerSettings withToken(ServerSettings settings) {
        return new ServerSettings(settings.address(), settings.port(), TOKEN, settings.maxBody(), settings.maxPixels(),
                settings.timeout(), settings.idle(), settings.maxRequests());
    }

    static ServerSettings within(Duration timeout, Duration idle, int maxRequests) {
        return new ServerSettings(SETTINGS.address(), 0, null, SETTINGS.maxBody(), SETTINGS.maxPixels(), timeout, idle,
                maxRequests);
    }

    URI address(String path) {
        return base.resolve(path);
    }

    Answer get(String path, String... headers) throws IOException, InterruptedException {
        return send(request(path, headers).build());
    }

    Answer post(String path, String json, String... headers) throws IOException, InterruptedException {
        return send(request(path, headers).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)).build());
    }

    Answer post(String path, String type, byte[] body) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)).build());
    }

    HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(path)).version(HttpClient.Version.HTTP_1_1);
        return headers.length == 0 ? request : request.headers(headers);
    }

    Answer send(HttpRequest request) throws IOException, InterruptedException {
        return new Answer(client.send(request, BodyHandlers.ofByteArray()));
    }

    CompletableFuture<Answer> postAsync(String path, String json) {
        return client.sendAsync(request(path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)).build(), BodyHandlers.ofByteArray()).thenApply(Answer::new);
    }

    /** A connection on which the lines were sent, without waiting for an answer. */
    Socket connect(String... lines) throws IOException {
        Socket socket = new Socket(base.getHost(), base.getPort());
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(String.join("\r\n", lines).getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /**
     * The answer to a request as it is written here, which an HTTP client would not send, and the end of the
     * connection.
     */
    String raw(String... lines) throws IOException {
        try (Socket socket = connect(lines)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    String log() {
        return log.toString();
    }

    void stop() {
        server.close();
    }

    @Override
    public void close() {
        try (client; clip; index) {
            stop();
            client.shutdownNow(); // a request of a test that failed may wait for ever
        }
    }

    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        byte[] body() {
            return response.body();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(body());
        }

        String error() throws IOException {
            return json().get("error").textValue();
        }

        @Override
        public String toString() {
            return status() + " " + new String(body(), StandardCharsets.UTF_8);
        }
    }
}
