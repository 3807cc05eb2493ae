package io.github.clip4j.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads in processes of their own, with their settings from the environment. */
class HubProcessTest {
    private static final byte[] WEIGHTS = FakeHub.large(2_000_000, 3);

    @TempDir
    private Path cache;
    private final FakeHub server = new FakeHub().put("org/clip", "config.json", "{\"model_type\": \"clip\"}")
            .put("org/clip", "model.safetensors", WEIGHTS);

    @AfterEach
    void stop() {
        server.close();
    }

    private Process open(String name) throws IOException {
        return command(server, cache, List.of(), name).start();
    }

    /** Another process that opens a model and prints its path. */
    static ProcessBuilder command(FakeHub server, Path cache, List<String> options, String name) {
        List<String> path = new ArrayList<>();
        for (Class<?> type : List.of(HubProcessTest.class, Hub.class)) {
            path.add(new File(type.getProtectionDomain().getCodeSource().getLocation().getPath()).getPath());
        }
        path.add(System.getProperty("jdk.module.path", ""));
        path.add(System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(options);
        command.addFirst(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", String.join(File.pathSeparator, path), Open.class.getName(), name));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HF_HUB_CACHE", cache.toString());
        builder.environment().put("HF_ENDPOINT", server.address().toString());
        builder.environment().keySet().removeIf(variable -> variable.toLowerCase().endsWith("_proxy"));
        return builder;
    }

    private void assertOpened(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes()).strip();
        assertEquals(0, process.waitFor(), output);
        assertArrayEquals(WEIGHTS, Files.readAllBytes(Path.of(output).resolve("model.safetensors")));
    }

    @Test
    void aKilledDownloadGoesOn() throws Exception {
        server.halves = Duration.ofMinutes(1);
        Process process = open("org/clip");
        assertTrue(server.half.await(1, TimeUnit.MINUTES));
        Path blobs = cache.resolve("models--org--clip/blobs");
        Path partial = blobs.resolve(FakeHub.hash("SHA-256", WEIGHTS) + ".clip4j.incomplete");
        while (!Files.exists(partial) || Files.size(partial) == 0) {
            assertTrue(process.isAlive(), "it ended before it wrote anything");
            Thread.sleep(10);
        }
        process.destroyForcibly().waitFor();
        long size = Files.size(partial);
        server.halves = Duration.ZERO;
        assertOpened(open("org/clip"));
        assertEquals(1, server.count("bytes=" + size + "-"), size + ": " + server.requests);
        assertTrue(Files.notExists(partial));
    }

    @Test
    void twoAtOnceDownloadOnce() throws Exception {
        server.halves = Duration.ofMillis(500);
        Process first = open("org/clip");
        Process second = open("org/clip");
        assertOpened(first);
        assertOpened(second);
        assertEquals(1, server.count("signature="), "" + server.requests);
    }

    /** Prints the path of a model. */
    static final class Open {
        public static void main(String[] args) {
            System.out.println(Hub.fromEnvironment().locate(args[0]));
        }
    }
}
