package io.github.clip4j.checkpoint.torch;

import io.github.clip4j.checkpoint.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle may hold besides String, Number, Boolean, null, {@link List} for its lists and {@link Map} for its
 * dictionaries. Values may be shared and nested in any way, also in themselves: nothing here may be compared, hashed or
 * printed by its contents.
 */
sealed interface Pickled {
    /** A name of Python's, looked up nowhere. */
    record Global(String module, String name) implements Pickled {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    record Tuple(List<Object> items) implements Pickled {}

    /** An object of TorchScript: attributes by name. */
    record Module(Map<Object, Object> attributes) implements Pickled {
        Module() {
            this(new LinkedHashMap<>());
        }
    }

    /**
     * An array that tensors share.
     *
     * @param count of elements
     * @param offset of its first element in the array that the file has under the key
     */
    record Storage(DType dtype, String key, long count, long offset) implements Pickled {}

    /** Strides and offset count elements of the storage. */
    record TensorValue(Storage storage, long offset, List<Long> shape, List<Long> strides) implements Pickled {}
}
