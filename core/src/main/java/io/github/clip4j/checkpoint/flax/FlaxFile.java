package io.github.clip4j.checkpoint.flax;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.checkpoint.flax.Msgpack.Head;
import io.github.clip4j.checkpoint.raw.Quote;
import io.github.clip4j.checkpoint.raw.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Files of {@code flax.serialization.msgpack_serialize}: nested maps of arrays. An array is an extension whose payload
 * is msgpack again, (shape, type, bytes), or beyond 2^30 bytes a map of such arrays. Source: flax/serialization.py.
 */
public final class FlaxFile {
    private static final String CHUNKED = "__msgpack_chunked_array__";
    private static final int NDARRAY = 1;
    private static final int COMPLEX = 2;
    private static final int SCALAR = 3;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_DIMENSIONS = 16;
    private static final int MAX_TENSORS = 100_000;
    private static final Map<String, DType> TYPES = Map.ofEntries(Map.entry("bool", DType.BOOL),
            Map.entry("int8", DType.I8), Map.entry("uint8", DType.U8), Map.entry("int16", DType.I16),
            Map.entry("uint16", DType.U16), Map.entry("int32", DType.I32), Map.entry("uint32", DType.U32),
            Map.entry("int64", DType.I64), Map.entry("uint64", DType.U64), Map.entry("float16", DType.F16),
            Map.entry("bfloat16", DType.BF16), Map.entry("float32", DType.F32), Map.entry("float64", DType.F64),
            Map.entry("complex64", DType.C64));

    private final Msgpack in;
    private final String source;
    private final Arena arena;
    private final List<Tensor> tensors = new ArrayList<>();

    private FlaxFile(MemorySegment file, String source, Arena arena) {
        this.in = new Msgpack(file, source);
        this.source = source;
        this.arena = arena;
    }

    /**
     * The arrays of a file, named by the keys down to them with dots between.
     *
     * @param source names the file in messages
     * @param arena for arrays in chunks, which are put together; all others stay where they are
     * @throws CheckpointException if it is no such file
     */
    public static List<Tensor> read(MemorySegment file, String source, Arena arena) {
        FlaxFile reader = new FlaxFile(file, source, arena);
        if (!(reader.in.next() instanceof Head.MapOf(long entries))) {
            throw reader.in.bad("expected a map of arrays by name, found another value");
        }
        reader.readMap("", entries, 0);
        if (!reader.in.atEnd()) {
            throw reader.in.bad("expected the end of the file after its value");
        }
        if (reader.tensors.isEmpty()) {
            throw new CheckpointException(source + ": expected arrays by name, found none");
        }
        return reader.tensors;
    }

    /** A map of maps and arrays; of all that an entry announces nothing is allocated before it is there. */
    private void readMap(String prefix, long entries, int depth) {
        if (depth > MAX_DEPTH) {
            throw in.bad("maps nested more than " + MAX_DEPTH + " deep");
        }
        Set<String> keys = new HashSet<>();
        for (long i = 0; i < entries; i++) {
            String key = text();
            if (key.equals(CHUNKED) && i == 0) {
                readChunked(prefix, entries);
                return;
            }
            if (!keys.add(key)) {
                throw in.bad("the key " + Quote.of(key) + " is there twice");
            }
            String name = prefix.isEmpty() ? key : prefix + "." + key;
            switch (in.next()) {
                case Head.MapOf(long inner) -> readMap(name, inner, depth + 1);
                case Head.Extension(int type, MemorySegment data) -> add(array(name, type, data));
                case Head.Int _,Head.Other _,Head.Text _ -> { // a step count and the like
                }
                case Head.ArrayOf _,Head.Bytes _ -> throw in.bad(Quote.of(name) + " is no array of flax");
            }
        }
    }

    private void add(StoredTensor tensor) {
        if (tensors.size() == MAX_TENSORS) {
            throw in.bad("more than " + MAX_TENSORS + " arrays");
        }
        tensors.add(tensor);
    }

    private String text() {
        if (!(in.next() instanceof Head.Text(String text))) {
            throw in.bad("expected a text as the key of a map");
        }
        return text;
    }

    private StoredTensor array(String name, int type, MemorySegment data) {
        if (type != NDARRAY && type != SCALAR) {
            throw in.bad(Quote.of(name) + ": extension type " + type + (type == COMPLEX ? ", a complex number" : "")
                    + ", expected " + NDARRAY + " or " + SCALAR + ", an array or a scalar of numpy");
        }
        Msgpack payload = new Msgpack(data, source + ": array " + Quote.of(name));
        if (!(payload.next() instanceof Head.ArrayOf(long items)) || items != 3
                || !(payload.next() instanceof Head.ArrayOf(long dimensions)) || dimensions > MAX_DIMENSIONS) {
            throw payload.bad("expected shape, type and bytes, and at most " + MAX_DIMENSIONS + " dimensions");
        }
        List<Long> shape = new ArrayList<>();
        for (long i = 0; i < dimensions; i++) {
            shape.add(dimension(payload));
        }
        if (!(payload.next() instanceof Head.Text(String typeName)) || !TYPES.containsKey(typeName)) {
            throw payload.bad("expected the name of a type of numbers, found something else");
        }
        DType dtype = TYPES.get(typeName);
        if (!(payload.next() instanceof Head.Bytes(MemorySegment bytes)) || !payload.atEnd()) {
            throw payload.bad("expected the bytes of the array and nothing after them");
        }
        long size = size(shape, payload);
        if (size > bytes.byteSize() || size * dtype.bits() / Byte.SIZE != bytes.byteSize()) {
            throw payload.bad("the shape " + shape + " of " + typeName + " does not have " + bytes.byteSize()
                    + " bytes");
        }
        return new StoredTensor(source, name, dtype, List.copyOf(shape), size, bytes);
    }

    private static long dimension(Msgpack in) {
        if (!(in.next() instanceof Head.Int(long dimension)) || dimension < 0) {
            throw in.bad("expected a dimension of 0 or more");
        }
        return dimension;
    }

    private static long size(List<Long> shape, Msgpack in) {
        long size = 1;
        try {
            for (long dimension : shape) {
                size = Math.multiplyExact(size, dimension);
            }
        } catch (ArithmeticException e) {
            throw in.bad("the size of the shape " + shape + " overflows 64 bits");
        }
        return size;
    }

    /** {@code {chunked: true, "shape": {"0": n, ...}, "chunks": {"0": array, ...}}}, the chunks without a shape of theirs. */
    private void readChunked(String name, long entries) {
        in.next();
        if (entries != 3 || !text().equals("shape") || !(in.next() instanceof Head.MapOf(long dimensions))
                || dimensions > MAX_DIMENSIONS) {
            throw in.bad(Quote.of(name) + ": expected the shape of an array in chunks");
        }
        Map<Long, Long> shape = new TreeMap<>();
        for (long i = 0; i < dimensions; i++) {
            shape.put(index(dimensions), dimension(in));
        }
        if (!text().equals("chunks") || !(in.next() instanceof Head.MapOf(long count)) || count < 1) {
            throw in.bad(Quote.of(name) + ": expected the chunks of an array");
        }
        Map<Long, StoredTensor> chunks = new TreeMap<>();
        for (long i = 0; i < count; i++) {
            long index = index(count);
            if (!(in.next() instanceof Head.Extension(int type, MemorySegment data))) {
                throw in.bad(Quote.of(name) + ": a chunk that is no array");
            }
            chunks.put(index, array(name, type, data));
        }
        if (shape.size() != dimensions || chunks.size() != count) {
            throw in.bad(Quote.of(name) + ": a dimension or chunk is there twice");
        }
        add(join(name, List.copyOf(shape.values()), List.copyOf(chunks.values())));
    }

    /** A key "0", "1", ... */
    private long index(long count) {
        String text = text();
        if (!text.matches("\\d{1,9}") || Long.parseLong(text) >= count) {
            throw in.bad("expected an index below " + count + ", found " + Quote.of(text));
        }
        return Long.parseLong(text);
    }

    private StoredTensor join(String name, List<Long> shape, List<StoredTensor> chunks) {
        DType dtype = chunks.getFirst().dtype();
        long size = chunks.stream().mapToLong(StoredTensor::size).sum();
        if (size != size(shape, in) || chunks.stream().anyMatch(chunk -> chunk.dtype() != dtype)) {
            throw in.bad(Quote.of(name) + ": the shape " + shape + " is not that of chunks of " + size + " elements");
        }
        MemorySegment joined = arena.allocate(Math.max(1, size * dtype.bits() / Byte.SIZE));
        long at = 0;
        for (StoredTensor chunk : chunks) {
            MemorySegment.copy(chunk.bytes(), 0, joined, at, chunk.bytes().byteSize());
            at += chunk.bytes().byteSize();
        }
        return new StoredTensor(source, name, dtype, shape, size, joined.asSlice(0, at));
    }
}
