package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
    private static final List<Tensor> WEIGHTS = List.of(Tensor.of("w", new float[]{1.0009765625f, 1.0001f, -3}, 3));

    @TempDir
    Path folder;

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFolderThatCanBeReadAgain() throws IOException {
        Path start = Files.createDirectory(folder.resolve("start"));
        for (String name : List.of("vocab.json", "merges.txt", "README.md", "model.safetensors")) {
            Files.writeString(start.resolve(name), "content of " + name);
        }
        Preprocessing preprocessing = Preprocessing.CLIP.withSize(48);
        Path target = folder.resolve("runs/epoch-001");
        new CheckpointFolder(ClipConfig.VIT_B_32, preprocessing, start).write(target, WEIGHTS,
                beside -> Files.writeString(beside.resolve("more"), "state"));
        assertEquals(List.of("config.json", "merges.txt", "model.safetensors", "more", "preprocessor_config.json",
                "vocab.json"), names(target));
        assertEquals(ClipConfig.VIT_B_32, ClipConfig.read(target.resolve("config.json")));
        String text = Files.readString(target.resolve("config.json"));
        assertTrue(text.contains("\"bos_token_id\" : null"), text);
        assertEquals(preprocessing, PreprocessingConfig.read(target.resolve("preprocessor_config.json")));
        assertEquals("content of merges.txt", Files.readString(target.resolve("merges.txt")));
        try (Checkpoint written = Checkpoint.open(target)) {
            assertArrayEquals(WEIGHTS.getFirst().floats(), written.tensor("w").floats());
            assertEquals(Map.of("format", "pt"), written.metadata());
        }
    }

    @Test
    void float16() {
        CheckpointFolder layout = new CheckpointFolder(ClipConfig.VIT_B_32, Preprocessing.CLIP, null);
        layout.write(folder.resolve("half"), WEIGHTS.stream().map(Tensor::toFloat16).toList());
        try (Checkpoint written = Checkpoint.open(folder.resolve("half"))) {
            assertEquals(DType.F16, written.tensor("w").dtype());
            assertArrayEquals(new float[]{1.0009765625f, 1, -3}, written.tensor("w").floats());
        }
        List<Tensor> large = List.of(Tensor.of("w", new float[]{65504, -65520}, 2).toFloat16());
        CheckpointException e = assertThrows(CheckpointException.class,
                () -> layout.write(folder.resolve("large"), large));
        assertTrue(e.getMessage().contains("tensor \"w\": the value -65520.0 is too large for F16"), e.getMessage());
        assertTrue(Files.notExists(folder.resolve("large")));
    }

    @Test
    void aFolderInUseIsLeftAlone() throws IOException {
        Path mine = Files.writeString(folder.resolve("mine"), "mine");
        CheckpointException e = assertThrows(CheckpointException.class,
                () -> new CheckpointFolder(ClipConfig.VIT_B_32, Preprocessing.CLIP, null).write(folder, WEIGHTS));
        SafetensorsBytes.assertMessage(folder.toString(), "expected nothing or an empty folder", e);
        assertEquals("mine", Files.readString(mine));
        assertEquals(List.of("mine"), names(folder));
    }
}
