package io.github.clip4j.cli.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.tokenizer.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void people() {
        Run run = Run.clip("tokenize", "A cat", "é");
        assertEquals(List.of("A cat (4 tokens)", "  49406  <|startoftext|>", "    320  a</w>", "   2368  cat</w>",
                "  49407  <|endoftext|>"), run.lines().subList(0, 5));
        assertEquals("é (3 tokens)", run.lines().get(5));
    }

    @Test
    void json() {
        assertEquals("{\"text\":\"cat\",\"ids\":[49406,2368,49407],"
                + "\"pieces\":[\"<|startoftext|>\",\"cat</w>\",\"<|endoftext|>\"]}\n",
                Run.clip("tokenize", "--json", "cat").out());
    }

    @Test
    void loneSurrogatesReachTheTokenizer() throws IOException {
        Path file = Files.writeString(folder.resolve("t.jsonl"),
                "{\"text\": \"a\\ud83db\"}\n\n{\"kind\": [1], \"text\": \"\\ud83d\\ude00\"}");
        ClipTokenizer tokenizer = ClipTokenizer.clip(Variant.OPENAI);
        Run run = Run.clip("tokenize", "--variant", "openai", "--jsonl", file);
        assertEquals(List.of(line(tokenizer.encode("a\ud83db")), line(tokenizer.encode("😀"))), run.lines());
    }

    private static String line(int[] ids) {
        return "{\"ids\":" + JSON.valueToTree(ids) + "}";
    }

    @Test
    void linesBeforeABadOneArePrinted() throws IOException {
        for (String bad : List.of("{\"text\": \"b\"", "[]", "{}", "{\"text\": null}", "{\"text\": \"b\"} 1",
                "{\"text\": \"b\", \"text\": \"c\"}", "b")) {
            Path file = Files.writeString(folder.resolve("t.jsonl"), "{\"text\": \"a\"}\n" + bad + "\n");
            Run run = Run.clip("tokenize", "--jsonl", file);
            assertEquals(1, run.exitCode(), bad);
            assertEquals(1, run.lines().size(), bad);
            assertTrue(run.err().startsWith("clip: " + file + ":2: "), bad + " " + run.err());
        }
    }

    @Test
    void theReferenceTextsAreTokenizedAsByTransformers() throws IOException {
        Path texts = TestData.shared("reference/tokenizer/texts.jsonl");
        List<String> ids = Run.clip("tokenize", "--jsonl", texts).lines();
        List<String> expected = Files.readAllLines(texts);
        assertEquals(expected.size(), ids.size());
        for (int i = 0; i < ids.size(); i++) {
            assertEquals("{\"ids\":" + JSON.readTree(expected.get(i)).get("transformers") + "}", ids.get(i),
                    "line " + (i + 1));
        }
    }

    @Test
    void aModelBringsItsVocabulary() {
        Path model = TestData.shared("models/rsicd-small");
        String ids = Run.clip("tokenize", "--json", "--model", model, "stadium").out();
        assertTrue(ids.contains("[8190,"), ids);
    }
}
