package io.github.clip4j.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptionedImagesTest {
    private static final String GOOD = "{\"filename\": \"a/beach_1.jpg\", \"captions\": [\"one\", \"two\"]}\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void images() throws IOException {
        Files.createDirectory(folder.resolve("a"));
        Files.createFile(folder.resolve("a/beach_1.jpg"));
        Files.createFile(folder.resolve("a/port.old_2.jpg"));
    }

    private CaptionedImages read(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("train.jsonl"), content);
        return CaptionedImages.read(file, folder, DataFolder.TOKENIZER);
    }

    private String failure(String content) {
        String message = assertThrows(DataSetException.class, () -> read(content), content).getMessage();
        assertTrue(message.lines().count() == 1 && message.length() < 400, message);
        return message.replace(folder.toString() + "/", "");
    }

    @Test
    void readsBothForms() throws IOException {
        List<CaptionedImage> images = read("\uFEFF" + GOOD + "\n{\"id\": [{}], \"caption\": \"Three\", "
                + "\"filename\": \"./a/../a/port.old_2.jpg\"}").images();
        assertEquals(2, images.size());
        assertEquals(folder.resolve("a/beach_1.jpg"), images.getFirst().file());
        assertEquals("beach", images.getFirst().label());
        assertEquals(List.of("one", "two"), images.getFirst().captions().stream().map(DataFolder::text).toList());
        assertEquals(folder.resolve("a/port.old_2.jpg"), images.getLast().file());
        assertEquals("port", images.getLast().label());
        assertArrayEquals(DataFolder.TOKENIZER.tokenizer().encode("Three"), images.getLast().captions().getFirst());
    }

    /** A line put after a good one, and what the message says after the file's name. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"filename\": \"a/beach_1.jpg\"} | line 2: expected one caption or more, found none",
            "{\"filename\": \"a/beach_1.jpg\", \"captions\": []} | line 2: expected one caption or more, found none",
            "{\"filename\": \"a/beach_1.jpg\", \"captions\": [\"x\", \" \"]} | line 2: caption 2 is blank, expected a text",
            "{\"filename\": \"a/beach_1.jpg\", \"captions\": [\"x\", null]} "
                    + "| line 2: expected a string as caption 2, found \"null\"",
            "{\"filename\": \"a/beach_1.jpg\", \"captions\": \"x\"} "
                    + "| line 2: expected an array of strings as \"captions\", found \"x\"",
            "{\"filename\": \"a/beach_1.jpg\", \"caption\": 5} | line 2: expected a string as \"caption\", found \"5\"",
            "{\"filename\": \"a/beach_1.jpg\", \"caption\": \"\"} | line 2: \"caption\" is blank, expected a text",
            "{\"captions\": [\"x\"]} | line 2: expected a \"filename\", found none",
            "{\"filename\": [], \"captions\": [\"x\"]} | line 2: expected a string as \"filename\", found \"[\"",
            "{\"filename\": \"a/../..\", \"captions\": [\"x\"]} "
                    + "| line 2: \"filename\" is \"a/../..\", expected a path inside the data folder",
            "{\"filename\": \"/etc/passwd\", \"captions\": [\"x\"]} "
                    + "| line 2: \"filename\" is \"/etc/passwd\", expected a path inside the data folder",
            "{\"filename\": \"\", \"captions\": [\"x\"]} "
                    + "| line 2: \"filename\" is \"\", expected a path inside the data folder",
            "{\"filename\": \"a\\u0000\", \"captions\": [\"x\"]} "
                    + "| line 2: \"filename\" is \"a?\", expected a path inside the data folder",
            "[1] | line 2: expected an object with \"filename\" and \"captions\", found \"[\"",
            "{\"filename\": \"a/beach_1.jpg\", \"captions\": [\"one two three four five six seven eight nine ten eleven\"]} "
                    + "| line 2: caption 1 has 13 tokens, the model takes 12: "
                    + "\"one two three four five six seven eight nine ten eleven\"; shorten it, or allow truncation"})
    void namesTheLine(String line, String expected) {
        assertEquals("train.jsonl: " + expected, failure(GOOD + line + "\n" + GOOD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"filename\": \"a/beach_1.jpg\", \"captions\": [\"x", "nul", "}",
            "{\"captions\": [\"x\"], \"captions\": [\"y\"]}", "{\"a\" 5}"})
    void brokenJson(String line) {
        String message = failure(GOOD + line);
        assertTrue(message.startsWith("train.jsonl: line 2: "), message);
    }

    @Test
    void countsMissingImages() {
        String lost = "{\"filename\": \"a/lost_%d.jpg\", \"captions\": [\"x\"]}\n";
        assertEquals("train.jsonl: line 2: \"filename\": there is no file a/lost_1.jpg; missing in all: 2 of 4 images; "
                + "is the data folder the right one?", failure(GOOD + lost.formatted(1) + GOOD + lost.formatted(2)));
    }

    @Test
    void refusesWhatIsNoFileOfLines() {
        assertEquals("train.jsonl: expected a JSON object on each line, found none", failure("\n \n"));
        for (Map.Entry<String, String> file : Map.of("a", "something else", "b", "nothing").entrySet()) {
            Path path = folder.resolve(file.getKey());
            assertEquals(path + ": expected a JSON file, found " + file.getValue(), assertThrows(DataSetException.class,
                    () -> CaptionedImages.read(path, folder, DataFolder.TOKENIZER)).getMessage());
        }
    }

    @Test
    void refusesWhatIsNotUtf8() throws IOException {
        Path file = Files.write(folder.resolve("latin.jsonl"), new byte[]{'{', '"', (byte) 0xe4, '"'});
        assertEquals(file + ": expected JSON in UTF-8, found bytes that are not UTF-8",
                assertThrows(DataSetException.class, () -> CaptionedImages.read(file, folder, DataFolder.TOKENIZER))
                        .getMessage());
    }

    @Test
    void randomDamageIsReadOrNamed() {
        for (int seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder text = new StringBuilder(GOOD.repeat(3));
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(128));
            }
            try {
                assertTrue(read(text.toString()).images().size() <= 3, "seed " + seed);
            } catch (DataSetException e) {
                assertTrue(e.getMessage().lines().count() == 1, "seed " + seed + ": " + e.getMessage());
            } catch (Exception e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
    }

    @Test
    void truncates() throws IOException {
        Path file = Files.writeString(folder.resolve("long.jsonl"),
                "{\"filename\": \"a/beach_1.jpg\", \"caption\": \"" + "sand ".repeat(30) + "\"}");
        CaptionTokenizer cut = new CaptionTokenizer(DataFolder.TOKENIZER.tokenizer(), 12, true);
        int[] ids = CaptionedImages.read(file, folder, cut).images().getFirst().captions().getFirst();
        assertEquals(12, ids.length);
        assertEquals(cut.tokenizer().endId(), ids[11]);
    }

    @Test
    void readsRsicd() {
        Path rsicd = Path.of(System.getProperty("shared", "../shared"), "rsicd");
        assumeTrue(Files.isDirectory(rsicd), "skipped: there is no data set at " + rsicd);
        CaptionTokenizer cut = new CaptionTokenizer(DataFolder.TOKENIZER.tokenizer(), 77, true);
        CaptionedImages data = CaptionedImages.read(rsicd.resolve("valid.jsonl"), rsicd, cut);
        Map<String, String> names = ClassPrompts.readNames(rsicd.resolve("class-names.json"));
        assertEquals(1027, data.images().size());
        assertEquals(5 * 1027, data.pairs());
        assertEquals(30, names.size());
        assertEquals("bare land", names.get("bareland"));
        Map<String, List<int[]>> prompts = ClassPrompts
                .of(0.5, data, names, ClassPrompts.AERIAL_TEMPLATES, cut).prompts();
        assertEquals(names.keySet(), prompts.keySet());
        assertEquals("a satellite image of bare land", DataFolder.text(prompts.get("bareland").get(2)));
    }
}
