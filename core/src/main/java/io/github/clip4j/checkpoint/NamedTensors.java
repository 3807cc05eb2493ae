package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.raw.Quote;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.SequencedMap;

/** What all checkpoints share: tensors in order, found by name. */
abstract class NamedTensors implements Checkpoint {
    private final String source;
    private final SequencedMap<String, Tensor> tensors;

    /** @throws CheckpointException if two tensors have the same name */
    NamedTensors(String source, Iterable<? extends Tensor> tensors) {
        this.source = source;
        this.tensors = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            if (this.tensors.put(tensor.name(), tensor) != null) {
                throw new CheckpointException(source + ": there are two tensors " + Quote.of(tensor.name()));
            }
        }
    }

    /** Opens a file of weights, or all those of an index. */
    static NamedTensors open(Path file) {
        return file.toString().endsWith(PublishedFiles.INDEX)
                ? ShardedCheckpoint.open(file)
                : CheckpointFile.open(file);
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

    /** The form of the files behind the tensors; empty where there are none. */
    Optional<FileForm> form() {
        return Optional.empty();
    }
}
