package io.github.clip4j.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;

/** Named tensors, wherever they come from. Reading is safe from several threads; closing ends it. */
public interface Checkpoint extends AutoCloseable {
    /**
     * Opens a model in the safetensors format. Files are mapped, not copied, and shall not change
     * while they are open; their headers are checked completely.
     *
     * @param path a {@code .safetensors} file, an index of shards ({@code *.index.json}), or a folder that holds
     *        {@code model.safetensors} or {@code model.safetensors.index.json}, looked for in this order
     * @throws CheckpointException if nothing is there or a file is malformed
     */
    static Checkpoint open(Path path) {
        return CheckpointFiles.open(path);
    }

    /**
     * Tensors in memory.
     *
     * @param source where they come from, for messages
     * @param tensors with distinct names
     */
    static Checkpoint of(String source, List<Tensor> tensors) {
        return new MemoryCheckpoint(source, tensors);
    }

    /** All tensors in the order of the file. */
    SequencedCollection<Tensor> tensors();

    /** Whether there is a tensor of this name. */
    boolean contains(String name);

    /**
     * The tensor of this name.
     *
     * @throws CheckpointException naming the source and the tensor if there is none
     */
    Tensor tensor(String name);

    /** Notes that the file carries beside its tensors, {@code __metadata__} in safetensors. */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /** Where the tensors come from, for messages: a file, a folder or a formula. */
    String source();

    /** Releases the files. Reading a tensor afterwards is an {@link IllegalStateException}; closing again is not. */
    @Override
    void close();
}
