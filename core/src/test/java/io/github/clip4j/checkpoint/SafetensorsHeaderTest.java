package io.github.clip4j.checkpoint;

import static io.github.clip4j.checkpoint.SafetensorsBytes.assertMessage;
import static io.github.clip4j.checkpoint.SafetensorsBytes.assertRefused;
import static io.github.clip4j.checkpoint.SafetensorsBytes.file;
import static io.github.clip4j.checkpoint.SafetensorsBytes.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsHeaderTest {
    @TestFactory
    Stream<DynamicTest> referenceVerdicts() throws IOException {
        Path folder = Shared.path("reference/safetensors");
        JsonNode cases = new ObjectMapper().readTree(folder.resolve("cases.json").toFile());
        assertEquals(55, cases.size());
        return cases.valueStream().map(node -> DynamicTest.dynamicTest(node.get("case").asText(), () -> {
            Path file = folder.resolve(node.get("file").asText());
            if (node.get("expected").asText().equals("accept")) {
                try (Checkpoint checkpoint = Checkpoint.open(file)) {
                    SafetensorsBytes.readAll(checkpoint);
                }
            } else {
                assertMessage(file.toString(), ":",
                        assertThrows(CheckpointException.class, () -> Checkpoint.open(file).close()));
            }
        }));
    }

    @Test
    void tensorsComeInTheOrderOfTheirData() {
        byte[] file = file("""
                {"b": {"dtype": "U8", "shape": [2, 1], "data_offsets": [1, 3]}, "__metadata__": {"é": "\\n"},
                 "empty": {"dtype": "F64", "shape": [7, 0], "data_offsets": [1, 1]},
                 "a": {"shape": [], "data_offsets": [0, 1], "dtype": "I8", "new": [{"deep": null}]}}
                """, (byte) -1, (byte) -2, (byte) 3);
        try (Checkpoint checkpoint = open(file)) {
            assertEquals(List.of("a", "empty", "b"), checkpoint.tensors().stream().map(Tensor::name).toList());
            assertArrayEquals(new long[]{-1}, checkpoint.tensor("a").longs());
            assertArrayEquals(new long[]{254, 3}, checkpoint.tensor("b").longs());
            assertEquals(List.of(2L, 1L), checkpoint.tensor("b").shape());
            assertEquals(0, checkpoint.tensor("empty").doubles().length);
            assertEquals(Map.of("é", "\n"), checkpoint.metadata());
            assertMessage(SafetensorsBytes.SOURCE, "no tensor \"c\"",
                    assertThrows(CheckpointException.class, () -> checkpoint.tensor("c")));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "U8", "shape": [4], "data_offsets": [0, 3]       | expected data_offsets [0, 4]
            "U8", "shape": [3], "data_offsets": [1, 4]       | expected data_offsets [0, 3]
            "U8", "shape": [3], "data_offsets": [0, 3]       | ends at byte
            "U8", "shape": [5], "data_offsets": [0, 5]       | cut short
            "U8", "shape": [4.0], "data_offsets": [0, 4]     | an integer
            "U8", "shape": [-0], "data_offsets": [0, 0]      | an integer from 0
            "U8", "shape": [18446744073709551616], "data_offsets": [0, 4] | an integer from 0
            "U8", "shape": 4, "data_offsets": [0, 4]         | an array of integers
            "U8", "shape": [4]                               | two data_offsets
            "U8", "shape": [4], "data_offsets": [0, 4, 4]    | two data_offsets
            "U8", "shape": [4], "data_offsets": null         | an array of integers
            "u8", "shape": [4], "data_offsets": [0, 4]       | a dtype out of
            8, "shape": [4], "data_offsets": [0, 4]          | a dtype
            "F4", "shape": [7], "data_offsets": [0, 4]       | whole bytes
            "U8", "shape": [4294967296, 4294967296], "data_offsets": [0, 0] | overflows
            "F64", "shape": [1152921504606846976], "data_offsets": [0, 0]   | overflows
            "U8", "shape": [4], "data_offsets": [0, 4], "shape": [4] | Duplicate
            """)
    void malformedTensor(String tensor, String message) {
        assertRefused(file("{\"a\": {\"dtype\": " + tensor + "}}", new byte[4]), message);
    }

    /** Sixteen tensors of 2^60 bytes sum up to 0 in 64 bits. */
    @Test
    void sumOfSizesCannotWrapAround() {
        StringBuilder header = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            header.append(i == 0 ? "{" : ", ")
                    .append("\"%d\": {\"dtype\": \"U8\", \"shape\": [%d], \"data_offsets\": [%s, %s]}".formatted(i,
                            1L << 60,
                            Long.toUnsignedString(i * (1L << 60)), Long.toUnsignedString((i + 1) * (1L << 60))));
        }
        assertRefused(file(header + "}"), "cut short");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "{", "{}{}", "{} x", "{},", "{\"a\": 1}", "{\"a\": null}", "{\"a\": []}",
            "{\"__metadata__\": []}", "{\"__metadata__\": {\"a\": null}}", "{\"__metadata__\": {\"a\": \"\\ud800\"}}",
            "{\"\\udc00\": {\"dtype\": \"U8\", \"shape\": [0], \"data_offsets\": [0, 0]}}", "{'a': 1}", "{/**/}",
            "\ufeff{}", "{\"\u0001\": 1}", "{\"a\": NaN}", "{\"a\": 01}"})
    void malformedHeader(String header) {
        assertRefused(file(header), "header");
    }

    @Test
    void encodingIsUtf8() {
        byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
        byte[] latin = file("{\"__metadata__\": {\"a\": \"?\"}}");
        latin[indexOf(latin, '?')] = (byte) 0xE9;
        assertRefused(latin, "UTF-8");
        byte[] wide = file("    ");
        System.arraycopy(utf16, 0, wide, Long.BYTES, utf16.length);
        assertRefused(wide, "header");
    }

    private static int indexOf(byte[] bytes, char wanted) {
        for (int i = Long.BYTES; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        throw new AssertionError(Arrays.toString(bytes));
    }

    @Test
    void nestingIsBounded() {
        for (int depth : new int[]{1, 120, 125, 126, 1000, 100_000}) {
            String nested = "[".repeat(depth) + "]".repeat(depth);
            byte[] file = file(
                    "{\"a\": {\"dtype\": \"U8\", \"shape\": [0], \"data_offsets\": [0, 0], \"x\": " + nested + "}}");
            if (depth + 2 <= 127) {
                open(file).close();
            } else {
                assertRefused(file, "nesting");
            }
        }
    }

    @Test
    void numberOfTokensIsBounded() {
        assertRefused(file("{\"a\": {\"dtype\": \"U8\", \"shape\": [" + "1,".repeat(1_000_000) + "1]}}"),
                "Token count");
    }
}
