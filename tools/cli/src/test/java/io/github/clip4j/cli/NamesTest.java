package io.github.clip4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, labels and captions with every character that a file's name may have. */
class NamesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ESCAPE = "\u001b[2J";

    @TempDir
    static Path folder;
    private static Path photos;
    private static Path model;
    private static final List<String> NAMES = new ArrayList<>();

    @BeforeAll
    static void files() throws IOException {
        model = TestData.model(folder.resolve("model"));
        photos = Files.createDirectories(folder.resolve("photos"));
        for (int c = 1; c < 0x100; c++) {
            name(Character.toString(c));
        }
        for (int c : new int[]{0x2028, 0x2029, 0x202e, 0x2066, 0xfeff, 0xfffd, 0x1f600, 0xe0001}) {
            name(Character.toString(c));
        }
        name("a\nb\r\nc\u2028");
        NAMES.sort(null);
    }

    private static void name(String characters) throws IOException {
        if (!characters.equals("/")) {
            NAMES.add(TestData.image(photos.resolve("x" + characters + ".png"), NAMES.size()).toString());
        }
    }

    /** No line of what is printed may steer the terminal. */
    private static void assertShown(Run run) {
        for (String text : List.of(run.out(), run.err())) {
            assertFalse(text.codePoints().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t'
                    || c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069), text);
        }
    }

    @Test
    void everyNameIsEmbeddedAndIndexed() throws IOException {
        Path output = folder.resolve("x.jsonl");
        Run run = Run.clip("embed", "--images", photos, "--output", output, "--model", model);
        assertEquals(0, run.exitCode(), run.err());
        List<String> names = new ArrayList<>();
        for (String line : Files.readString(output).split("\n")) {
            names.add(JSON.readTree(line).get("image").textValue());
        }
        names.sort(null);
        assertEquals(NAMES, names);

        Path index = folder.resolve("index");
        run = Run.clip("index", photos, "--index", index, "--model", model);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains(NAMES.size() + " images"), run.out());
        run = Run.clip("search", "--index", index, "--text", "x", "--top", 1000, "--model", model);
        assertShown(run);
        assertEquals(NAMES.size(), run.lines().size());
        run = Run.clip("search", "--index", index, "--text", "x", "--top", 1000, "--model", model, "--json");
        assertShown(run);
        names.clear();
        for (JsonNode hit : JSON.readTree(run.out()).get("hits")) {
            names.add(hit.get("path").textValue());
        }
        names.sort(null);
        assertEquals(NAMES, names);
    }

    @Test
    void whatWouldSteerATerminalIsShown() throws IOException {
        Path image = TestData.image(folder.resolve("i.png"), 1);
        Run run = Run.clip("classify", image, "--labels", "a" + ESCAPE + ",b\u202ec\u009b", "--model", model);
        assertEquals(0, run.exitCode(), run.err());
        assertShown(run);
        assertTrue(run.out().contains("a\\u001b[2J") && run.out().contains("b\\u202ec\\u009b"), run.out());
        run = Run.clip("classify", image, "--labels", "a" + ESCAPE, "--model", model, "--json");
        assertShown(run);
        for (Run failed : List.of(
                Run.clip("classify", folder + "/" + ESCAPE + ".png", "--labels", "a,b", "--model", model),
                Run.clip("classify", image, "--labels", "a,b", "--model", folder + "/" + ESCAPE),
                Run.clip(ESCAPE), Run.clip("classify", "--" + ESCAPE),
                Run.clip("tokenize", "a" + ESCAPE, "--model", folder + "/" + ESCAPE))) {
            assertTrue(failed.exitCode() > 0);
            assertShown(failed);
        }
        assertShown(Run.clip("tokenize", "a" + ESCAPE, "--model", model));
    }
}
