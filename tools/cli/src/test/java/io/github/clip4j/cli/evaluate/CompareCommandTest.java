package io.github.clip4j.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompareCommandTest {
    private static final String STAGE = "text.hidden_states.1";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"quick-gelu", "gelu-odd-sizes", "legacy-eos", "float16", "bfloat16", "sharded"})
    void smallModelsAgree(String name) throws IOException {
        Run run = Run.clip("compare", "--reference", TestData.shared("reference/models/" + name), "--json");
        assertEquals(0, run.exitCode(), run.out() + run.err());
        JsonNode result = new ObjectMapper().readTree(run.out());
        assertTrue(result.get("diverges").isNull());
        assertTrue(result.get("stages").size() > 10, run.out());
    }

    @Test
    @Tag("slow")
    void theFullModelAgrees() {
        Run run = Run.clip("compare", "--reference", TestData.shared("reference/full"));
        assertEquals(0, run.exitCode(), run.out() + run.err());
    }

    /** A reference with one value of one stage changed, and the model apart from it. */
    private Run compareWith(float change, Object... options) throws IOException {
        Path reference = TestData.shared("reference/models/quick-gelu");
        Files.copy(reference.resolve("inputs.safetensors"), folder.resolve("inputs.safetensors"));
        try (Checkpoint expected = Checkpoint.open(reference.resolve("expected.safetensors"))) {
            List<Tensor> tensors = expected.tensors().stream().map(tensor -> {
                float[] values = tensor.floats();
                if (tensor.name().equals(STAGE)) {
                    values[0] += change;
                }
                return Tensor.of(tensor.name(), values, tensor.shape().stream().mapToLong(Long::longValue).toArray());
            }).toList();
            SafetensorsWriter.write(folder.resolve("expected.safetensors"), tensors, Map.of());
        }
        Object[] args = {"compare", "--reference", folder, "--model", reference, "--tolerance", "1e-3"};
        Object[] all = java.util.Arrays.copyOf(args, args.length + options.length);
        System.arraycopy(options, 0, all, args.length, options.length);
        return Run.clip(all);
    }

    @Test
    void aSmallErrorIsWithinTheTolerance() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY); // whose decimals have commas
        try {
            Run run = compareWith(1e-4f);
            assertEquals(0, run.exitCode());
            assertEquals("all within 1e-03 of expected", run.lines().getLast()); // there is no truth
            assertTrue(run.out().contains("e-05") && !run.out().contains(","), run.out());
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {1, Float.NaN, Float.POSITIVE_INFINITY})
    void theFirstStageThatDivergesIsNamed(float change) throws IOException {
        Run run = compareWith(change);
        assertEquals(1, run.exitCode());
        assertEquals("first stage that diverges: " + STAGE, run.lines().getLast());
        assertEquals(1, run.lines().stream().filter(line -> line.endsWith(" diverges")).count(), run.out());
    }

    @Test
    void jsonNamesItToo() throws IOException {
        Run run = compareWith(Float.NaN, "--json");
        assertEquals(1, run.exitCode());
        assertEquals(STAGE, new ObjectMapper().readTree(run.out()).get("diverges").textValue());
    }

    @Test
    void trainingAgrees() throws IOException {
        Path reference = TestData.shared("reference/training");
        Run run = Run.clip("compare", "--training", "--reference", reference);
        assertEquals(0, run.exitCode(), run.out() + run.err());
        assertEquals("all within what is allowed", run.lines().getLast());
        JsonNode result = new ObjectMapper()
                .readTree(Run.clip("compare", "--training", "--reference", reference, "--json").out());
        assertTrue(result.get("within").booleanValue());
        assertEquals(8, result.get("results").size(), result.toString());
    }

    @Test
    void trainingThatDivergesIsNamed() throws IOException {
        Path reference = TestData.shared("reference/training");
        for (String name : List.of("initial", "initial/config.json", "initial/model.safetensors",
                "batches.safetensors", "gradients-batch0.safetensors")) {
            Files.copy(reference.resolve(name), folder.resolve(name));
        }
        Files.writeString(folder.resolve("trajectory.json"),
                "{\"learning_rate\": [0], \"adamw_losses\": [2.32103], \"adafactor_losses\": [2.3]}");
        Run run = Run.clip("compare", "--training", "--reference", folder);
        assertEquals(1, run.exitCode(), run.err());
        assertEquals("first results that diverge: adafactor losses", run.lines().getLast());
        List<String> diverging = run.lines().stream().filter(line -> line.endsWith(" diverges")).toList();
        assertEquals(1, diverging.size(), run.out());
        assertTrue(diverging.getFirst().startsWith("adafactor losses"), run.out());
    }

    @Test
    void optionsThatTrainingDoesNotTake() {
        Run run = Run.clip("compare", "--training", "--reference", folder, "--tolerance", "1e-3");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--tolerance cannot be given with --training"), run.err());
    }
}
