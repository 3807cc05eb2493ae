package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.ModelId;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeCommandTest {
    @TempDir
    static Path folder;
    private static Path model;

    @BeforeAll
    static void model() throws IOException {
        model = TestData.model(folder.resolve("a model"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --port 65536                    | --port 65536: expected 0 to 65535
            --bind 0.0.0.0                  | --bind 0.0.0.0: whoever reaches this address could use the server
            --bind ::                       | --bind ::: whoever
            --bind no.such.host.invalid     | is no address of this machine
            --token short                   | --token or CLIP_TOKEN: expected 8 or more
            --max-body 0                    | --max-body 0: expected 1 to 1024
            --max-pixels 2001               | --max-pixels 2001: expected
            --timeout 0                     | --timeout 0: expected
            --max-requests 0                | --max-requests 0: expected
            """)
    void aWrongCommandLineIsTold(String line, String message) {
        Run run = Run.clip((Object[]) ("serve " + line).split(" "));
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(message), run.err());
    }

    @Test
    void anIndexThatIsMissingOrOfAnotherModelIsTold() {
        Run missing = Run.clip("serve", "--index", folder.resolve("nothing"), "--port", 0, "--model", model);
        assertEquals(1, missing.exitCode());
        assertTrue(missing.err().contains("there is no index"), missing.err());
        Path index = folder.resolve("index");
        try (var writer = ImageIndexWriter.open(index, new ModelId("another", "0".repeat(64)), 8, false)) {
            writer.commit();
        }
        Run other = Run.clip("serve", "--index", index, "--port", 0, "--model", model);
        assertEquals(1, other.exitCode());
        assertTrue(other.err().contains("another"), other.err());
    }

    @Test
    void aPortThatIsTakenIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run run = Run.clip("serve", "--port", taken.getLocalPort(), "--model", model);
            assertEquals(1, run.exitCode());
            assertTrue(run.err().matches("clip: 127.0.0.1 port \\d+: cannot listen there: .*\\R"), run.err());
        }
    }

    @Test
    void itTellsWhereItIsAndEndsWhenTold() throws Exception {
        String path = Stream.of("jdk.module.path", "java.class.path").map(System::getProperty)
                .filter(part -> part != null && !part.isEmpty()).collect(Collectors.joining(File.pathSeparator));
        Path err = folder.resolve("err");
        ProcessBuilder line = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1", "-cp", path,
                "io.github.clip4j.cli.Main", "serve", "--port", "0", "--model", model.toString())
                .redirectError(err.toFile());
        line.environment().put("CLIP_TOKEN", "a-token-of-tests");
        Process process = line.start();
        try (BufferedReader out = process.inputReader(); HttpClient client = HttpClient.newHttpClient()) {
            String ready = out.readLine();
            Matcher address = Pattern.compile("Serving a model at (http://127\\.0\\.0\\.1:\\d+/)").matcher("" + ready);
            assertTrue(address.matches(), ready + Files.readString(err));
            URI info = URI.create(address.group(1)).resolve("/api/info");
            assertEquals(401, client.send(HttpRequest.newBuilder(info).build(), BodyHandlers.ofString()).statusCode());
            assertEquals(200, client.send(HttpRequest.newBuilder(info).header("Authorization",
                    "Bearer a-token-of-tests").build(), BodyHandlers.ofString()).statusCode());
            process.toHandle().destroy();
            assertEquals(0, process.waitFor(), Files.readString(err));
            assertEquals(null, out.readLine());
            assertEquals("WARNING: Using incubator modules: jdk.incubator.vector\n", Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }
}
