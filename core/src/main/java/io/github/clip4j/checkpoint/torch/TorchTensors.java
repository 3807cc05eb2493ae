package io.github.clip4j.checkpoint.torch;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.checkpoint.raw.Quote;
import io.github.clip4j.checkpoint.raw.StoredTensor;
import io.github.clip4j.checkpoint.raw.TensorView;
import io.github.clip4j.checkpoint.torch.Pickled.Module;
import io.github.clip4j.checkpoint.torch.Pickled.Storage;
import io.github.clip4j.checkpoint.torch.Pickled.TensorValue;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The tensors that a pickled value holds, bound to the bytes of their storages.
 *
 * @param source names the file in messages
 * @param storages the bytes of a storage, as many as it has elements
 */
record TorchTensors(String source, Function<Storage, MemorySegment> storages, ByteOrder order) {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ATTRIBUTES = 1_000_000;

    /**
     * The tensors of a dictionary by their keys, or of the one that it holds under {@code state_dict}, as checkpoints of
     * a training do; or of a TorchScript module by the paths of attributes down to them. All other values are left out.
     */
    List<Tensor> of(Object root) {
        Map<String, TensorValue> named = new LinkedHashMap<>();
        if (root instanceof Module module) {
            addAttributes(module, named);
        } else if (root instanceof Map<?, ?> dictionary) {
            boolean wrapped = dictionary.get("state_dict") instanceof Map;
            Map<?, ?> state = wrapped ? (Map<?, ?>) dictionary.get("state_dict") : dictionary;
            state.forEach((key, value) -> {
                if (key instanceof String name && value instanceof TensorValue tensor) {
                    named.put(name, tensor);
                }
            });
        }
        if (named.isEmpty()) {
            throw new CheckpointException(source + ": expected a dictionary of tensors by name, as state_dict() of a "
                    + "model gives, found no such tensor");
        }
        List<Tensor> tensors = new ArrayList<>();
        named.forEach((name, value) -> tensors.add(tensor(name, value)));
        return tensors;
    }

    private record Attribute(String path, Object value, int depth) {}

    private void addAttributes(Module root, Map<String, TensorValue> named) {
        List<Attribute> open = new ArrayList<>(List.of(new Attribute("", root, 0)));
        for (int seen = 0; !open.isEmpty(); seen++) {
            Attribute next = open.removeLast();
            // a module may be an attribute of itself, or of two that are attributes of two, and so on
            if (seen > MAX_ATTRIBUTES || next.depth > MAX_DEPTH) {
                throw new CheckpointException(source + ": modules are nested more than " + MAX_DEPTH
                        + " deep, or have more than " + MAX_ATTRIBUTES + " attributes");
            }
            if (next.value instanceof Module module) {
                String prefix = next.path.isEmpty() ? "" : next.path + ".";
                module.attributes().forEach((key, value) -> {
                    if (key instanceof String name && (value instanceof Module || value instanceof TensorValue)) {
                        open.add(new Attribute(prefix + name, value, next.depth + 1));
                    }
                });
            } else {
                named.put(next.path, (TensorValue) next.value);
            }
        }
    }

    /** Only what the tensor covers of its storage is its base, for shared storages may be large. */
    private Tensor tensor(String name, TensorValue value) {
        Storage storage = value.storage();
        long size = 1;
        long last = value.offset();
        try {
            if (value.shape().size() != value.strides().size()) {
                throw bad(name, "the shape " + value.shape() + " with the strides " + value.strides());
            }
            for (int d = 0; d < value.shape().size(); d++) {
                size = Math.multiplyExact(size, value.shape().get(d));
                last = Math.addExact(last,
                        Math.multiplyExact(Math.max(0, value.shape().get(d) - 1), value.strides().get(d)));
            }
        } catch (ArithmeticException e) {
            throw bad(name, "the size of the shape " + value.shape() + " overflows 64 bits");
        }
        long end = size == 0 ? value.offset() : last + 1;
        // elements that are there several times would let a small file fill any memory
        if (end > storage.count() || size > storage.count()) {
            throw bad(name, "the shape " + value.shape() + " with the strides " + value.strides() + " from element "
                    + value.offset() + " on does not fit its storage of " + storage.count() + " elements");
        }
        int width = storage.dtype().bits() / Byte.SIZE;
        long covered = end - value.offset();
        MemorySegment bytes = storages.apply(storage).asSlice(value.offset() * width, covered * width);
        return new TensorView(new StoredTensor(source, name, storage.dtype(), List.of(covered), covered, bytes, order),
                name, value.shape(), value.strides(), 0);
    }

    private CheckpointException bad(String name, String problem) {
        return new CheckpointException(source + ": tensor " + Quote.of(name) + ": " + problem);
    }
}
