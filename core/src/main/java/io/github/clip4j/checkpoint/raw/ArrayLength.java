package io.github.clip4j.checkpoint.raw;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.Tensor;

/** The bound on what is read into one array. */
public final class ArrayLength {
    private ArrayLength() {}

    /** The length of the array for all elements of a tensor. */
    public static int of(Tensor tensor) {
        if (tensor.size() > Integer.MAX_VALUE) {
            throw new CheckpointException(
                    "tensor " + Quote.of(tensor.name()) + ": expected fewer than 2^31 elements to "
                            + "read into an array, found " + tensor.size());
        }
        return (int) tensor.size();
    }
}
