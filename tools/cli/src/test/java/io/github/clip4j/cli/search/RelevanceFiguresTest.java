package io.github.clip4j.cli.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.train.data.ClassPrompts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the answers of 30 class names end among 8,973 photographs, and those of sentences about other things. */
@Tag("slow")
class RelevanceFiguresTest {
    @TempDir
    private Path folder;

    private List<String> found(String text) throws IOException {
        Run run = Run.clip("search", "--index", folder.resolve("index"), "--text", text, "--json");
        assertEquals(0, run.exitCode(), run.err());
        return new ObjectMapper().readTree(run.out()).get("hits").valueStream().map((JsonNode hit) -> label(
                Path.of(hit.get("path").textValue()))).toList();
    }

    private static String label(Path file) {
        return file.getFileName().toString().replaceFirst("_?\\d+\\.jpg", "").toLowerCase(Locale.ROOT);
    }

    @Test
    void listsEndNearTheirClasses() throws IOException {
        Path photographs = TestData.shared("rsicd/rsicd_images");
        Map<String, String> names = ClassPrompts.readNames(TestData.shared("rsicd/class-names.json"));
        assertEquals(0, Run.clip("index", photographs, "--index", folder.resolve("index")).exitCode());
        List<String> labels;
        try (Stream<Path> files = Files.list(photographs)) {
            labels = files.map(RelevanceFiguresTest::label).toList();
        }
        double sum = 0;
        for (Map.Entry<String, String> name : names.entrySet()) {
            List<String> found = found(name.getValue());
            double right = found.stream().filter(name.getKey()::equals).count();
            sum += 2 * right / (found.size() + labels.stream().filter(name.getKey()::equals).count());
        }
        assertTrue(sum / names.size() > 0.94, "mean F1 " + sum / names.size());
        int all = 0;
        for (String nothing : List.of("a plate of spaghetti", "a cat on a sofa", "quarterly tax report",
                "a portrait of a woman smiling", "a screenshot of source code")) {
            int count = found(nothing).size();
            assertTrue(count <= 0.001 * labels.size(), nothing + " finds " + count);
            all += count;
        }
        for (String nothing : List.of("the theory of relativity", "piano sonata in c minor", "xqzzt blorf",
                "underwater coral reef fish", "a birthday cake with candles")) {
            all += found(nothing).size();
        }
        assertTrue(all <= 10 * 0.005 * labels.size(), "ten queries that nothing fits find " + all);
    }
}
