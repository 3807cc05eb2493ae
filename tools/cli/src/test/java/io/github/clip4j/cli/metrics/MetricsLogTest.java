package io.github.clip4j.cli.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsLogTest {
    @TempDir
    Path folder;

    private static Measurement at(long step, double loss) {
        return new Measurement(step, new LinkedHashMap<>(Map.of("loss", loss)));
    }

    private static void write(Path file, long from, long to) {
        try (MetricsLog log = new MetricsLog(file, from)) {
            for (long step = from + 1; step <= to; step++) {
                log.add(at(step, 1.0 / step));
            }
        }
    }

    @Test
    void aLinePerStep() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        write(file, 0, 2);
        assertEquals("{\"step\":1,\"loss\":1.0}\n{\"step\":2,\"loss\":0.5}\n", Files.readString(file));
        assertEquals(List.of(at(1, 1), at(2, 0.5)), MetricsLog.read(file));
    }

    /** Wherever a process is killed, going on after an earlier step gives what a process without interruption gives. */
    @Test
    void goesOnAfterAStepWhereverTheFileEnds() throws IOException {
        Path straight = folder.resolve("straight.jsonl");
        write(straight, 0, 9);
        byte[] whole = Files.readAllBytes(straight);
        Path cut = folder.resolve("cut.jsonl");
        for (int end = 0; end <= whole.length; end++) {
            Files.write(cut, Arrays.copyOf(whole, end));
            long saved = Math.max(0, MetricsLog.read(cut).size() - 2);
            write(cut, saved, 9);
            assertEquals(Files.readString(straight), Files.readString(cut), "cut after " + end + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "[1]", "null", "{}", "{\"step\":null}", "{\"step\":1,\"loss\":\"low\"}",
            "{\"step\":1} {}"})
    void aFileOfAnotherKindIsKept(String line) throws IOException {
        Path file = Files.writeString(folder.resolve("notes.jsonl"), "{\"step\":0}\n" + line + "\n");
        String message = assertThrows(UncheckedIOException.class, () -> new MetricsLog(file, 5)).getMessage();
        assertTrue(message.contains(file + ":2: expected an object of numbers"), message);
        assertEquals("{\"step\":0}\n" + line + "\n", Files.readString(file));
    }
}
