package io.github.clip4j.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassPromptsTest {
    private static final CaptionedImages DATA = new CaptionedImages(Path.of("d.jsonl"),
            List.of(new CaptionedImage(Path.of("beach_1.png"), List.of(new int[2]))));

    @TempDir
    private Path folder;

    @Test
    void fillsTemplates() {
        ClassPrompts prompts = ClassPrompts.of(0.25, DATA, Map.of("beach", "sandy beach"),
                List.of("a {} from above", "{}"), DataFolder.TOKENIZER);
        assertEquals(List.of("a sandy beach from above", "sandy beach"),
                prompts.prompts().get("beach").stream().map(DataFolder::text).toList());
    }

    @Test
    void refusesAClassWithoutName() {
        assertEquals("d.jsonl: beach_1.png is of class \"beach\", which has no name; add it to the class names",
                assertThrows(DataSetException.class, () -> ClassPrompts.of(1, DATA, Map.of("port", "port"),
                        List.of("{}"), DataFolder.TOKENIZER)).getMessage());
    }

    @Test
    void refusesBadArguments() {
        for (List<String> templates : List.of(List.<String>of(), List.of("{}", "a photo"))) {
            assertThrows(IllegalArgumentException.class,
                    () -> ClassPrompts.of(1, DATA, Map.of("beach", "b"), templates, DataFolder.TOKENIZER));
        }
        for (double share : new double[]{-0.1, 1.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new ClassPrompts(share, Map.of()));
        }
    }

    @Test
    void readsNamesInOrder() throws IOException {
        Path file = Files.writeString(folder.resolve("names.json"), "{\"b\": \"B b\",\n \"a\": \"A\"}\n");
        Map<String, String> names = ClassPrompts.readNames(file);
        assertEquals(List.of("b", "a"), List.copyOf(names.keySet()));
        assertEquals("B b", names.get("b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "[] | line 1: expected an object of names by class, found \"[\"",
            "`` | line 1: expected an object of names by class, found the end of the file",
            "{\"a\": 5} | line 1: expected a name of class \"a\", found \"5\"",
            "{\"a\": \" \"} | the name of class \"a\" is blank, expected a text",
            "{} {} | line 1: expected nothing after the object, found \"{\""})
    void refusesOtherFiles(String content, String expected) throws IOException {
        Path file = Files.writeString(folder.resolve("names.json"), content);
        assertEquals(file + ": " + expected,
                assertThrows(DataSetException.class, () -> ClassPrompts.readNames(file)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": \"x\", \"a\": \"y\"}", "{\"a\": \"x\"", "{\"a\"; 1}"})
    void refusesBrokenJson(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("names.json"), content);
        String message = assertThrows(DataSetException.class, () -> ClassPrompts.readNames(file)).getMessage();
        assertTrue(message.startsWith(file + ": line 1: "), message);
    }
}
