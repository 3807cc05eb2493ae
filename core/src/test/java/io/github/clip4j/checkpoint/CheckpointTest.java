package io.github.clip4j.checkpoint;

import static io.github.clip4j.checkpoint.SafetensorsBytes.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bfloat16", "float16", "gelu-odd-sizes", "legacy-eos", "quick-gelu", "sharded"})
    void referenceModels(String name) {
        check(Shared.path("reference/models").resolve(name));
    }

    @Test
    void trainedModel() {
        check(Shared.path("models/rsicd-small"));
    }

    /** The tensors are those that the config asks for. */
    private static void check(Path model) {
        try (Checkpoint checkpoint = Checkpoint.open(model);
                Checkpoint expected = new SyntheticCheckpoint(ClipConfig.read(model.resolve("config.json")))) {
            assertEquals(shapes(expected), shapes(checkpoint));
            SafetensorsBytes.readAll(checkpoint);
        }
    }

    private static Map<String, List<Long>> shapes(Checkpoint checkpoint) {
        Map<String, List<Long>> shapes = new TreeMap<>();
        checkpoint.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
        return shapes;
    }

    @Test
    void mappedFileIsReadFromManyThreadsUntilItIsClosed() {
        Path file = folder.resolve("model.safetensors");
        try (Checkpoint model = new SyntheticCheckpoint(Configs.TINY)) {
            SafetensorsWriter.write(file, model.tensors(), Map.of());
            Checkpoint checkpoint = Checkpoint.open(folder);
            assertEquals(file.toString(), checkpoint.source());
            assertEquals(shapes(model), shapes(checkpoint));
            IntStream.range(0, 8).parallel().forEach(_ -> checkpoint.tensors().forEach(
                    tensor -> assertArrayEquals(model.tensor(tensor.name()).floats(), tensor.floats(), tensor.name())));
            Tensor tensor = checkpoint.tensor("logit_scale");
            checkpoint.close();
            checkpoint.close();
            assertThrows(IllegalStateException.class, tensor::floats);
        }
    }

    /** Offsets beyond what an int holds; the file is sparse. */
    @Test
    @Tag("slow")
    void filesBeyondTwoGigabytes() throws IOException {
        long large = 5L << 30;
        byte[] head = SafetensorsBytes.file("""
                {"large": {"dtype": "F32", "shape": [%d], "data_offsets": [0, %d]},
                 "last": {"dtype": "F32", "shape": [1], "data_offsets": [%d, %d]}}
                """.formatted(large / 4, large, large, large + 4));
        Path file = folder.resolve("model.safetensors");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(head));
            channel.write(ByteBuffer.wrap(new byte[]{0, 0, (byte) 0x80, 0x3F}), head.length + large - 4);
            channel.write(ByteBuffer.wrap(new byte[]{0, 0, 0, 0x40}), head.length + large);
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            float[] end = new float[3];
            checkpoint.tensor("large").read(large / 4 - 2, end, 1, 2);
            assertArrayEquals(new float[]{0, 0, 1}, end);
            assertArrayEquals(new float[]{2}, checkpoint.tensor("last").floats());
        }
    }

    @Test
    void whatIsNotThereIsNamed() throws IOException {
        assertRefused(folder, "expected weights in this folder, one of model.safetensors, " + INDEX);
        Files.createFile(folder.resolve("tf_model.h5"));
        assertRefused(folder, "tf_model.h5 is not read");
        Files.createFile(folder.resolve("a.pt"));
        Files.createFile(folder.resolve("b.pth"));
        assertRefused(folder, "found 2 of them; name one");
        Files.createFile(folder.resolve("pytorch_model.bin"));
        assertRefused(folder, "pytorch_model.bin: expected a file of weights, found an empty file");
        assertRefused(folder.resolve("gone.safetensors"), "found nothing");
        assertRefused(folder.resolve("gone.index.json"), "found nothing");
        Files.createDirectory(folder.resolve("model.safetensors"));
        assertRefused(folder, "not a regular file");
    }

    @Test
    void shards() throws IOException {
        shard("a.safetensors", "x", "y");
        shard("b.safetensors", "z");
        index("""
                {"metadata": {}, "weight_map": {"z": "b.safetensors", "x": "a.safetensors", "y": "a.safetensors"}}""");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(List.of("x", "y", "z"), checkpoint.tensors().stream().map(Tensor::name).toList());
            assertEquals(folder.resolve(INDEX).toString(), checkpoint.source());
        }
        index("{\"weight_map\": {\"x\": \"a.safetensors\", \"y\": \"b.safetensors\"}}");
        assertRefused(folder, "expected tensor \"y\" in b.safetensors");
        shard("b.safetensors", "x");
        index("{\"weight_map\": {\"x\": \"a.safetensors\", \"y\": \"b.safetensors\"}}");
        assertRefused(folder, "tensor \"x\" is both in a.safetensors and in b.safetensors");
        index("{\"weight_map\": {\"x\": \"c.safetensors\"}}");
        assertRefused(folder, "c.safetensors: expected a file of weights, found nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../model.safetensors", "/etc/model.safetensors", "a/b.safetensors", "a\\\\b.safetensors",
            "C:b.safetensors", "", "..", ".", "pytorch_model.bin", "a\\u0000.safetensors", "\\u0085.safetensors",
            ".safetensors"})
    void hostileShardNames(String name) throws IOException {
        shard(".safetensors", "x");
        index("{\"weight_map\": {\"x\": \"" + name + "\"}}");
        assertRefused(folder, "weight_map.x: expected the plain name");
    }

    @Test
    void namesInMessagesAreOnOneLine() throws IOException {
        index("{\"weight_map\": {\"x\\n" + "y".repeat(10_000) + "\": \"..\"}}");
        assertRefused(folder, "weight_map.x?yyy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"weight_map\": {}}", "{\"weight_map\": null}", "{\"weight_map\": [1]}",
            "{\"weight_map\": {\"x\": 1}}", "{\"weight_map\": {\"x\": null}}", "{\"weight_map\": {\"x\": \"a.saf",
            "{\"weight_map\": {\"x\": \"a.safetensors\", \"x\": \"b.safetensors\"}}"})
    void malformedIndex(String json) throws IOException {
        index(json);
        assertRefused(folder, INDEX);
    }

    private void assertRefused(Path path, String part) {
        assertMessage(folder.toString(), part,
                assertThrows(CheckpointException.class, () -> Checkpoint.open(path).close()));
    }

    private void shard(String file, String... names) {
        List<Tensor> tensors = List.of(names).stream().map(name -> Tensor.of(name, new float[2], 2)).toList();
        SafetensorsWriter.write(folder.resolve(file), tensors, Map.of());
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve(INDEX), json);
    }
}
