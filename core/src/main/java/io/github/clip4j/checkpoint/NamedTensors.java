package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.raw.Quote;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedCollection;
import java.util.SequencedMap;

/** What all checkpoints share: tensors in order, found by name. */
abstract class NamedTensors implements Checkpoint {
    private final String source;
    private final SequencedMap<String, Tensor> tensors;

    /** @param tensors with distinct names */
    NamedTensors(String source, Iterable<? extends Tensor> tensors) {
        this.source = source;
        this.tensors = new LinkedHashMap<>();
        tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
    }

    @Override
    public final SequencedCollection<Tensor> tensors() {
        return Collections.unmodifiableSequencedMap(tensors).sequencedValues();
    }

    @Override
    public final boolean contains(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public final Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(source + ": there is no tensor " + Quote.of(name));
        }
        return tensor;
    }

    @Override
    public final String source() {
        return source;
    }
}
