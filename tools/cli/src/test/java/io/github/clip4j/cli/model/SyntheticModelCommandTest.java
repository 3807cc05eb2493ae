package io.github.clip4j.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticModelCommandTest {
    @TempDir
    Path folder;

    /** The probabilities are those that transformers 5.18 computes from the same folder. */
    @Test
    @Tag("slow")
    void classifiesAsTransformersDoes() throws IOException {
        Path model = folder.resolve("model");
        assertEquals(0, Run.clip("synthetic-model", model).exitCode());
        assertEquals(1, Run.clip("synthetic-model", model).exitCode());
        Map<String, Double> expected = Map.of("residential area", 0.0737, "playground", 0.4723, "stadium", 0.1357,
                "forest", 0.2356, "airport", 0.0827);
        Run run = Run.clip("classify", TestData.shared("images/stadium_1.jpg"), "--labels",
                String.join(",", expected.keySet()), "--model", model, "--json");
        for (JsonNode label : new ObjectMapper().readTree(run.out()).get("labels")) {
            String name = label.get("label").textValue();
            assertEquals(expected.get(name), label.get("probability").doubleValue(), 5e-5, name);
        }
        Run info = Run.clip("info", "--model", model);
        assertTrue(info.out().contains("151,277,313 (F32)"), info.out());
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void infoOfASmallModel() throws IOException {
        Path model = TestData.model(folder.resolve("small"));
        JsonNode info = new ObjectMapper().readTree(Run.clip("info", "--model", model, "--json").out());
        assertEquals(16, info.get("vision").get("hidden_size").intValue());
        assertEquals(Files.size(model.resolve("model.safetensors")),
                info.get("files").get("model.safetensors").longValue());
        assertEquals(4 * info.get("parameters").longValue(), 4 * info.get("dtypes").get("F32").longValue());
    }
}
