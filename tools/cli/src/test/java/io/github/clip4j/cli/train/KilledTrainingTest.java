package io.github.clip4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training in processes of its own that do not end well. */
@Tag("slow")
class KilledTrainingTest {
    private static final int KILLS = 20;

    @TempDir
    private Path folder;

    private List<String> clip(List<Object> arguments) {
        String path = Stream.of("jdk.module.path", "java.class.path").map(System::getProperty)
                .filter(part -> part != null && !part.isEmpty()).collect(Collectors.joining(File.pathSeparator));
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path,
                "io.github.clip4j.cli.Main"));
        arguments.forEach(argument -> line.add(argument.toString()));
        return line;
    }

    private Process start(List<String> line) throws IOException {
        return new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile())).start();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Test
    void goesOnFromWhereverItIsKilled() throws Exception {
        TrainData data = new TrainData(folder.resolve("data"));
        Object[] more = {"--all-captions", "--ema", 0.9, "--augment", "hflip,crop=0.5"};
        Path straight = folder.resolve("straight");
        long begun = System.nanoTime();
        assertEquals(0, start(clip(data.train(straight, more))).waitFor(), log());
        long whole = System.nanoTime() - begun;

        Path killed = folder.resolve("killed");
        Random random = new Random(3);
        int kills = 0;
        for (int attempt = 0; kills < KILLS; attempt++) {
            boolean resume = Files.exists(killed.resolve("settings.json"));
            Process process = start(clip(resume
                    ? List.of("train", "--resume", "--output", killed)
                    : data.train(killed, more)));
            if (process.waitFor((long) (whole * random.nextDouble()), TimeUnit.NANOSECONDS)) {
                assertEquals(0, process.exitValue(), "attempt " + attempt + ": " + log());
                assertSameWeights(straight, killed);
                killed = folder.resolve("killed-" + attempt); // done before it was killed: the next run
            } else {
                process.destroyForcibly().waitFor();
                kills++;
            }
        }
        if (Files.exists(killed.resolve("settings.json"))) {
            assertEquals(0, start(clip(List.of("train", "--resume", "--output", killed))).waitFor(), log());
            assertSameWeights(straight, killed);
        }
    }

    private static void assertSameWeights(Path expected, Path found) throws IOException {
        for (String file : List.of("model.safetensors", "training-state.safetensors")) {
            assertArrayEquals(Files.readAllBytes(expected.resolve("step-0000018").resolve(file)),
                    Files.readAllBytes(found.resolve("step-0000018").resolve(file)), file);
        }
    }

    /** A limit on the size of files stands for a disk that is full: the second checkpoint does not fit any more. */
    @Test
    void aFullDiskIsToldAndNothingSavedIsLost() throws Exception {
        TrainData data = new TrainData(folder.resolve("data"));
        Path output = folder.resolve("run");
        assertEquals(0, start(clip(data.train(output, "--max-minutes", "1e-9"))).waitFor(), log());
        List<String> resume = clip(List.of("train", "--resume", "--output", output, "--max-minutes", 60));
        List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -f 100; exec \"$0\" \"$@\""));
        limited.addAll(resume);
        assertEquals(1, start(limited).waitFor(), log());
        assertTrue(
                log().lines().anyMatch(line -> line.matches("clip: training stopped after step 3 of 6: .*step-0000003.*"
                        + "cannot be written: .*; the last good checkpoint is .*step-0000001")),
                log());
        assertEquals(0, start(resume).waitFor(), log());
        Path straight = folder.resolve("straight");
        assertEquals(0, start(clip(data.train(straight))).waitFor(), log());
        assertArrayEquals(Files.readAllBytes(straight.resolve("step-0000006/model.safetensors")),
                Files.readAllBytes(output.resolve("step-0000006/model.safetensors")));
    }
}
