package io.github.clip4j.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models by name, in processes with a hub and a cache of their own. */
class HubCommandTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    private Path folder;
    private HttpServer server;

    /** Serves the files of a folder as the model {@code org/tiny}. */
    private void serve(Path model) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, model));
        server.start();
    }

    private static void answer(HttpExchange exchange, Path model) throws IOException {
        try (exchange) {
            Path file = model.resolve(exchange.getRequestURI().getPath().replaceFirst(".*/", ""));
            if (!exchange.getRequestURI().getPath().startsWith("/org/tiny/resolve/")) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
            if (!Files.exists(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] content = Files.readAllBytes(file);
            exchange.getResponseHeaders().set("ETag", "\"etag-of-" + file.getFileName() + "\"");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", "" + content.length);
                exchange.sendResponseHeaders(200, -1);
            } else {
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content);
            }
        }
    }

    private Run clip(Object... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                Stream.of("jdk.module.path", "java.class.path").map(System::getProperty)
                        .filter(part -> part != null && !part.isEmpty())
                        .collect(Collectors.joining(File.pathSeparator)),
                "io.github.clip4j.cli.Main"));
        Stream.of(arguments).map(Object::toString).forEach(line::add);
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(err.toFile());
        builder.environment().keySet()
                .removeIf(name -> name.startsWith("HF_") || name.toLowerCase().endsWith("_proxy"));
        builder.environment().put("HF_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort());
        builder.environment().put("HF_HOME", folder.resolve("home").toString());
        builder.environment().put("CLIP_PROGRESS", "1");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes());
        return new Run(process.waitFor(), out,
                Files.readString(err).replaceAll("WARNING: Using incubator modules: .*\\R", ""));
    }

    @Test
    void aModelByItsName() throws Exception {
        Path model = TestData.model(folder.resolve("model"));
        Path image = TestData.image(folder.resolve("image.png"), 1);
        serve(model);
        Run local = Run.clip("classify", image, "--labels", "a,b", "--model", model);
        Run first = clip("classify", image, "--labels", "a,b", "--model", "org/tiny");
        assertEquals(local.out(), first.out(), first.err());
        assertTrue(first.err().contains("/1  ") && first.err().contains("MB of model.safetensors"), first.err());

        Run pulled = clip("pull", "org/tiny");
        assertTrue(pulled.out().startsWith("org/tiny: commit " + COMMIT + ", "), pulled.out() + pulled.err());
        server.stop(0);
        Run second = clip("classify", image, "--labels", "a,b", "--model", "org/tiny@main");
        assertEquals(local.out(), second.out(), second.err());
        assertEquals("", second.err());

        JsonNode info = new ObjectMapper().readTree(clip("info", "org/tiny", "--json").out());
        assertEquals("{\"repository\":\"org/tiny\",\"revision\":\"main\",\"commit\":\"" + COMMIT + "\"}",
                info.get("source").toString());
        assertEquals(
                List.of("model  revision  commit  megabytes", "org/tiny  main  " + COMMIT.substring(0, 12) + "  1.7"),
                clip("models").lines().stream().map(line -> line.strip().replaceAll(" {2,}", "  ")).toList());
        Run gone = clip("pull", "org/tiny");
        assertEquals(1, gone.exitCode());
        assertTrue(gone.err().startsWith("clip: org/tiny: ") && gone.err().contains("cannot be reached"), gone.err());
    }

    @Test
    void aNameThatIsNotThere() throws Exception {
        serve(folder);
        Run run = clip("info", "org/none");
        assertEquals(1, run.exitCode());
        assertTrue(run.err().startsWith("clip: org/none: there is no such folder here and no such model"), run.err());
        assertEquals(1, run.err().lines().count());
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classify none.png --labels a --model", "tokenize a --model", "benchmark --model", "info",
            "compare --reference . --model", "convert --dtype float16 --output x --model", "pull",
            "interpolate --tuned b --alpha 1 --output x --base"})
    void neitherAPathNorAName(String line) {
        Run run = Run.clip((Object[]) (line + " clip-vit").split(" "));
        assertEquals(1, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("clip: clip-vit: expected a model folder or file, which is not there"),
                run.err());
    }
}
