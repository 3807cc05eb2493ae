package io.github.clip4j.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;

/** Named tensors, wherever they come from. Reading is safe from several threads; closing ends it. */
public interface Checkpoint extends AutoCloseable {
    /**
     * Opens the weights of a model under the names that its files give them. Files are mapped, not copied, and shall not
     * change while they are open; what they say of their tensors is checked completely, and nothing in them is executed.
     *
     * @param path a file of safetensors, torch or flax, an index of shards ({@code *.index.json}), or a folder that holds
     *        such weights under one of the names that are published: safetensors first, then torch, then flax
     * @throws CheckpointException if nothing is there or a file is malformed
     */
    static Checkpoint open(Path path) {
        return NamedTensors.open(PublishedFiles.weights(path));
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
