package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Hostile and malformed files of torch and flax, each with the verdict that it must get. */
class CheckpointCasesTest {
    @TestFactory
    Stream<DynamicTest> referenceVerdicts() throws IOException {
        Path folder = Shared.path("reference/checkpoint-files");
        JsonNode cases = new ObjectMapper().readTree(folder.resolve("cases.json").toFile());
        assertEquals(73, cases.size());
        return cases.valueStream().map(node -> DynamicTest.dynamicTest(node.get("file").asText(), () -> {
            Path file = folder.resolve(node.get("file").asText());
            if (node.get("expected").asText().equals("accept")) {
                try (Checkpoint checkpoint = Checkpoint.open(file)) {
                    SafetensorsBytes.readAll(checkpoint);
                }
            } else if (file.endsWith("big-endian.bin")) {
                checkBigEndian(file);
            } else {
                CheckpointException e = assertThrows(CheckpointException.class, () -> Checkpoint.open(file).close());
                SafetensorsBytes.assertMessage(file.toString(), ":", e);
                System.err.println(e.getMessage());
            }
        }));
    }

    /** To be refused unless it is read as what it says it is: good.bin's bytes, each number's in the other order. */
    private static void checkBigEndian(Path file) {
        try (Checkpoint big = Checkpoint.open(file);
                Checkpoint little = Checkpoint.open(file.resolveSibling("good.bin"))) {
            float[] swapped = little.tensor("a").floats();
            for (int i = 0; i < swapped.length; i++) {
                swapped[i] = Float.intBitsToFloat(Integer.reverseBytes(Float.floatToRawIntBits(swapped[i])));
            }
            assertArrayEquals(swapped, big.tensor("a").floats());
        }
    }
}
