package io.github.clip4j.cli.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.search.ImageIndex;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clip index} in processes of its own that are killed. */
@Tag("slow")
class KilledIndexTest {
    private static final int KILLS = 20;
    /** Several commits of a thousand. */
    private static final int IMAGES = 2500;

    @TempDir
    private Path folder;
    private Path photos;
    private Path model;

    @BeforeEach
    void files() throws IOException {
        model = TestData.model(folder.resolve("model"));
        photos = Files.createDirectories(folder.resolve("photos"));
        for (int i = 0; i < IMAGES; i++) {
            TestData.image(photos.resolve("%04d.png".formatted(i)), i);
        }
    }

    private Process index(Path into) throws IOException {
        String path = Stream.of("jdk.module.path", "java.class.path").map(System::getProperty)
                .filter(part -> part != null && !part.isEmpty()).collect(Collectors.joining(File.pathSeparator));
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "--add-modules",
                "jdk.incubator.vector", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path,
                "io.github.clip4j.cli.Main", "index", photos.toString(), "--index", into.toString(), "--model",
                model.toString()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile())).start();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private byte[] export(Path index) throws IOException {
        Path file = folder.resolve("export.jsonl");
        Run run = Run.clip("export", "--index", index, "--output", file);
        assertEquals(0, run.exitCode(), run.err());
        return Files.readAllBytes(file);
    }

    @Test
    void everyKillLeavesAnIndexThatGoesOn() throws Exception {
        Path straight = folder.resolve("straight");
        long begun = System.nanoTime();
        assertEquals(0, index(straight).waitFor(), log());
        long whole = System.nanoTime() - begun;
        byte[] expected = export(straight);

        Random random = new Random(3);
        List<Integer> sizes = new ArrayList<>();
        int kills = 0;
        Path killed = folder.resolve("killed");
        for (int attempt = 0; kills < KILLS; attempt++) {
            long started = System.nanoTime();
            Process process = index(killed);
            if (process.waitFor((long) (whole * random.nextDouble()), TimeUnit.NANOSECONDS)) {
                assertEquals(0, process.exitValue(), "attempt " + attempt + ": " + log());
                assertArrayEquals(expected, export(killed), "attempt " + attempt);
                killed = folder.resolve("killed-" + attempt); // done before it was killed: the next run
                whole = Math.min(whole, System.nanoTime() - started);
                continue;
            }
            process.destroyForcibly().waitFor();
            kills++;
            if (isCommitted(killed)) {
                try (ImageIndex index = ImageIndex.open(killed)) {
                    sizes.add(index.size());
                }
            }
        }
        assertEquals(0, index(killed).waitFor(), log());
        assertArrayEquals(expected, export(killed));
        assertTrue(sizes.stream().anyMatch(size -> size > 0 && size < IMAGES), "killed at " + sizes);
    }

    /** Whether a run came as far as to its first commit, before which there is no index. */
    private static boolean isCommitted(Path index) throws IOException {
        if (!Files.exists(index)) {
            return false;
        }
        try (Stream<Path> files = Files.list(index)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("segments_"));
        }
    }
}
