package io.github.clip4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Against the ids that the two originals give. */
class ReferenceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyTextAsTransformers() throws IOException {
        ClipTokenizer tokenizer = ClipTokenizer.clip(Variant.TRANSFORMERS);
        for (JsonNode line : reference()) {
            assertArrayEquals(ids(line, "transformers"), tokenizer.encode(line.path("text").asText()),
                    () -> line.path("text").toString());
        }
    }

    /** The texts that come out otherwise are exactly those of openai-differences.json, which names each one's cause. */
    @Test
    void textsAsOpenai() throws IOException {
        ClipTokenizer tokenizer = ClipTokenizer.clip(Variant.OPENAI);
        Set<String> different = new TreeSet<>();
        List<JsonNode> lines = reference();
        for (JsonNode line : lines) {
            String text = line.path("text").asText();
            if (!Arrays.equals(ids(line, "openai"), tokenizer.encode(text))) {
                different.add(text);
            }
        }
        Set<String> explained = new TreeSet<>();
        try (InputStream in = getClass().getResourceAsStream("openai-differences.json")) {
            JSON.readTree(in).forEach(cause -> cause.forEach(text -> explained.add(text.asText())));
        }
        assertEquals(explained, different);
        assertTrue(different.size() <= 0.01 * lines.size(), () -> different.size() + " of " + lines.size());
    }

    @Test
    void decodesWhatItEncoded() throws IOException {
        ClipTokenizer tokenizer = ClipTokenizer.clip(Variant.TRANSFORMERS);
        for (JsonNode line : reference()) {
            String decoded = tokenizer.decode(ids(line, "transformers"));
            assertEquals(decoded, tokenizer.decode(tokenizer.encode(decoded)), () -> line.path("text").toString());
        }
    }

    private static List<JsonNode> reference() throws IOException {
        Path file = Path.of(System.getProperty("shared", "../shared"), "reference/tokenizer/texts.jsonl");
        assumeTrue(Files.exists(file), () -> file + " is absent: no reference ids to compare with");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static int[] ids(JsonNode line, String variant) {
        return JSON.convertValue(line.path(variant), int[].class);
    }
}
