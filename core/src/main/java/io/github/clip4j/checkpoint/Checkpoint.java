package io.github.clip4j.checkpoint;

import java.util.SequencedCollection;

/** Named tensors, wherever they come from. Reading is safe from several threads; closing ends it. */
public interface Checkpoint extends AutoCloseable {
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

    /** Where the tensors come from, for messages: a file, a folder or a formula. */
    String source();

    @Override
    void close();
}
