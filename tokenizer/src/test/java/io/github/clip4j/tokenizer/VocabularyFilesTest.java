package io.github.clip4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Every form of a vocabulary, and what is wrong with broken ones. The vocabulary here: bytes and three merges. */
class VocabularyFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> MERGES = List.of("c a", "ca t</w>", "d o");

    @TempDir
    private Path folder;
    private ObjectNode ids;
    private ObjectNode tokenizerJson;

    @BeforeEach
    void smallVocabulary() throws IOException {
        ids = JSON.createObjectNode();
        for (String endOfWord : List.of("", "</w>")) {
            ByteSymbols.IN_VOCABULARY_ORDER.chars().forEach(c -> ids.put((char) c + endOfWord, ids.size()));
        }
        MERGES.forEach(merge -> ids.put(merge.replace(" ", ""), ids.size()));
        ids.put("<|startoftext|>", ids.size());
        ids.put("<|endoftext|>", ids.size());
        tokenizerJson = (ObjectNode) JSON.readTree("""
                {"added_tokens": [{"id": 515, "content": "<|startoftext|>"}, {"id": 516, "content": "<|endoftext|>"}],
                 "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"},
                   {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "}, {"type": "Lowercase"}]},
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "behavior": "Removed",
                   "invert": true, "pattern": {"Regex":
                   "'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"}},
                   {"type": "ByteLevel", "add_prefix_space": false}]},
                 "post_processor": {"type": "RobertaProcessing", "cls": ["<|startoftext|>", 515],
                   "sep": ["<|endoftext|>", 516]},
                 "model": {"type": "BPE", "end_of_word_suffix": "</w>"}}""");
        model().set("vocab", ids);
        MERGES.forEach(model().putArray("merges")::add);
    }

    @Test
    void everyFormGivesTheSameIds() throws IOException {
        int[] expected = {515, 513, 514, tokenId("g</w>"), 516};
        assertArrayEquals(expected, write("tokenizer.json", tokenizerJson.toString()).encode("Cat dog"));

        ArrayNode pairs = model().putArray("merges");
        MERGES.forEach(merge -> pairs.add(JSON.valueToTree(merge.split(" "))));
        assertArrayEquals(expected, write("tokenizer.json", tokenizerJson.toString()).encode("Cat dog"));

        ids.remove(List.of("<|startoftext|>", "<|endoftext|>")); // then the added tokens have them
        assertArrayEquals(expected, write("tokenizer.json", tokenizerJson.toString()).encode("Cat dog"));

        smallVocabulary();
        writeMerges("#version: 0.2");
        assertArrayEquals(expected, write("vocab.json", ids.toString()).encode("Cat dog"));
        assertArrayEquals(expected, open("merges.txt").encode("Cat dog"));
    }

    @Test
    void aFolderIsReadInTheOrderOfItsForms() throws IOException {
        assertFalse(ClipTokenizer.isIn(folder));
        assertFalse(ClipTokenizer.isIn(folder.resolve("absent")));
        assertMessage("no tokenizer here", () -> ClipTokenizer.open(folder, Variant.OPENAI));
        try (InputStream in = getClass().getResourceAsStream("bpe_simple_vocab_16e6.txt.gz")) {
            Files.copy(in, folder.resolve("bpe_simple_vocab_16e6.txt.gz"));
        }
        assertTrue(ClipTokenizer.isIn(folder));
        assertEquals(49_408, ClipTokenizer.open(folder, Variant.TRANSFORMERS).size());
        write("tokenizer.json", tokenizerJson.toString());
        assertEquals(517, ClipTokenizer.open(folder, Variant.TRANSFORMERS).size());
    }

    @Test
    void brokenTokenizerJson() {
        assertRefused("/model/type is \"WordPiece\", expected \"BPE\"", json -> model().put("type", "WordPiece"));
        assertRefused("/model/end_of_word_suffix is nothing", json -> model().remove("end_of_word_suffix"));
        assertRefused("/model/dropout is 0.1", json -> model().put("dropout", 0.1));
        assertRefused("/normalizer/normalizers/0/type is nothing", json -> json.putNull("normalizer"));
        assertRefused("/pre_tokenizer/pretokenizers/0/pattern/Regex is \"x\"", json -> ((ObjectNode) json
                .at("/pre_tokenizer/pretokenizers/0/pattern")).put("Regex", "x"));
        assertRefused("/post_processor/type is \"BertProcessing\"", json -> json.putObject("post_processor").put("type",
                "BertProcessing"));
        assertRefused("added token \"<img>\" is not supported", json -> ((ArrayNode) json.path("added_tokens"))
                .addObject().put("id", 517).put("content", "<img>"));
        assertRefused("not an object from token to id", json -> model().putArray("vocab"));
        assertRefused("/model/merges is not an array", json -> model().remove("merges"));
    }

    @Test
    void brokenVocabularies() {
        assertRefused("have the same id 5", json -> ids.put("cat</w>", 5));
        assertRefused("\"cat</w>\" has id 517, expected 0 to 516", json -> ids.put("cat</w>", 517));
        assertRefused("has id -1", json -> ids.put("cat</w>", -1));
        assertRefused("is \"x\", expected an integer", json -> ids.put("cat</w>", "x"));
        assertRefused("is 4294967296, expected an integer", json -> ids.put("cat</w>", 1L << 32));
        assertRefused("no token \"cat</w>\" in the vocabulary", json -> rename("cat</w>", "rat</w>"));
        assertRefused("no token \"é\" in the vocabulary", json -> rename("é", "éé"));
        assertRefused("no token \"<|endoftext|>\"", json -> {
            rename("<|endoftext|>", "<|end|>");
            json.remove("added_tokens");
        });
        assertRefused("no merge makes token 514 \"do\" (1 such tokens)", json -> merges().remove(2));
        assertRefused("merge \"c a\" makes a token that is there already", json -> merges().add("c a"));
        assertRefused("no token \"c?ta\"", json -> merges().add("c\nt a"));
        assertRefused("merge \"cat\" is not two tokens", json -> merges().add("cat"));
        assertRefused("merge \"\" is not two tokens", json -> merges().addObject());
    }

    @Test
    void brokenFiles() throws IOException {
        assertMessage("malformed JSON at byte", () -> write("tokenizer.json", "{\"model\": "));
        assertMessage("malformed JSON at byte", () -> write("tokenizer.json", "{} {}"));
        assertMessage("malformed JSON at byte", () -> write("tokenizer.json", "[".repeat(1_000_000)));
        writeMerges("#version: 0.2");
        assertMessage("Duplicate", () -> write("vocab.json", "{\"a\": 1, \"a\": 2}"));
        assertMessage("/model/end_of_word_suffix is nothing", () -> write("tokenizer.json", ""));
        Files.delete(folder.resolve("merges.txt"));
        assertMessage("merges.txt: no such file", () -> write("vocab.json", ids.toString()));
        assertMessage("no such file", () -> open("absent.json"));
        assertMessage("not a tokenizer's file", () -> write("notes.txt", "hello"));
        assertMessage("cannot be unpacked", () -> write("bpe_simple_vocab.txt.gz", "not gzip"));
        Path list = folder.resolve("bpe_simple_vocab.txt.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(list))) {
            out.write("#version: 0.2\nc a\n".getBytes(StandardCharsets.UTF_8));
        }
        assertMessage("1 merges, expected at least 48894", () -> open("bpe_simple_vocab.txt.gz"));
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(list))) {
            for (int i = 0; i < 1_000; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        assertMessage("0 merges, expected at least 48894", () -> open("bpe_simple_vocab.txt.gz"));
        assertMessage("too large", () -> write("tokenizer.json", " ".repeat(VocabularyFiles.MAX_BYTES + 1)));
    }

    @Test
    void mutatedFilesAreReadOrRefused() throws IOException {
        byte[] original = tokenizerJson.toString().getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("tokenizer.json");
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] mutated = original.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                mutated[random.nextInt(mutated.length)] = (byte) (random.nextBoolean()
                        ? random.nextInt(256)
                        : original[random.nextInt(original.length)]);
            }
            Files.write(file, mutated);
            try {
                open("tokenizer.json").encode("cat");
            } catch (TokenizerException e) {
                assertTrue(e.getMessage().startsWith(file.toString()), "seed " + seed + ": " + e.getMessage());
                assertEquals(1, e.getMessage().lines().count(), "seed " + seed + ": " + e.getMessage());
            }
        }
    }

    @Test
    void theFormsOfARealModelAgree() throws IOException {
        Path model = Path.of(System.getProperty("shared", "../shared"), "models/rsicd-small");
        assumeTrue(Files.exists(model), () -> model + " is absent: no model to read a vocabulary from");
        ClipTokenizer json = ClipTokenizer.open(model, Variant.TRANSFORMERS);
        ClipTokenizer pair = ClipTokenizer.open(model.resolve("vocab.json"), Variant.TRANSFORMERS);
        assertEquals(8_192, json.size());
        assertEquals(8_191, json.endId());
        assertEquals(json.size(), pair.size());
        for (int id = 0; id < json.size(); id++) {
            assertEquals(json.token(id), pair.token(id));
            String text = json.decode(id);
            assertArrayEquals(json.encode(text), pair.encode(text), text);
        }
    }

    private ObjectNode model() {
        return (ObjectNode) tokenizerJson.path("model");
    }

    private ArrayNode merges() {
        return (ArrayNode) model().path("merges");
    }

    private int tokenId(String token) {
        return ids.path(token).asInt();
    }

    private void rename(String token, String to) {
        ids.set(to, ids.remove(token));
    }

    @Test
    void aPartOfClips() throws IOException {
        ClipTokenizer whole = ClipTokenizer.clip(Variant.TRANSFORMERS);
        for (int size : List.of(514, 515, 8192, 49408)) {
            ClipTokenizer.writeClip(folder, size);
            ClipTokenizer part = ClipTokenizer.open(folder, Variant.TRANSFORMERS);
            assertEquals(size, part.size());
            assertEquals(List.of(size - 2, size - 1), List.of(part.startId(), part.endId()));
            for (int id = 0; id < size - 2; id++) {
                assertEquals(whole.token(id), part.token(id), "token " + id + " of " + size);
            }
            String text = "An aerial photograph of a café";
            assertEquals(whole.decode(whole.encode(text)), part.decode(part.encode(text)), size + " tokens");
        }
        for (int size : List.of(-1, 513, 49409)) {
            assertThrows(IllegalArgumentException.class, () -> ClipTokenizer.writeClip(folder, size));
        }
    }

    @Test
    void aPartOfClipsIsTheOneOfTheSmallModel() throws IOException {
        Path model = Path.of(System.getProperty("shared"), "models/rsicd-small");
        assumeTrue(Files.isDirectory(model), "no reference data at " + model);
        ClipTokenizer.writeClip(folder, 8192);
        for (String name : List.of("vocab.json", "merges.txt")) {
            boolean json = name.endsWith(".json");
            String expected = Files.readString(model.resolve(name)).strip();
            String written = Files.readString(folder.resolve(name)).strip();
            assertEquals(json ? JSON.readTree(expected) : expected, json ? JSON.readTree(written) : written, name);
        }
    }

    private ClipTokenizer open(String name) {
        return ClipTokenizer.open(folder.resolve(name), Variant.TRANSFORMERS);
    }

    private ClipTokenizer write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
        return open(name);
    }

    private void writeMerges(String header) throws IOException {
        Files.writeString(folder.resolve("merges.txt"), header + "\n" + String.join("\n", MERGES) + "\n");
    }

    private void assertRefused(String message, Consumer<ObjectNode> change) {
        try {
            smallVocabulary();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        change.accept(tokenizerJson);
        assertMessage(message, () -> write("tokenizer.json", tokenizerJson.toString()));
    }

    private void assertMessage(String part, Executable executable) {
        String message = assertThrows(TokenizerException.class, executable).getMessage();
        assertTrue(message.startsWith(folder.toString()) && message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }
}
