package io.github.clip4j.checkpoint.torch;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.checkpoint.raw.Quote;
import io.github.clip4j.checkpoint.torch.Pickled.Storage;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of {@code torch.save} and {@code torch.jit.save}: pickles that say which bytes are which tensor. Nothing in
 * them is executed. Source: torch/serialization.py and torch/csrc/jit/docs/serialization.md of torch 2.13.
 */
public final class TorchFile {
    private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long LEGACY_VERSION = 1001;
    /** Longest member that says something about the others. */
    private static final int MAX_NOTE = 64;

    private TorchFile() {}

    /** Whether a file begins as the zip archives of torch 1.6 and later do. */
    public static boolean isZip(MemorySegment file) {
        return ZipMembers.isZip(file);
    }

    /** Whether a zip archive holds a TorchScript module, which has constants beside its attributes. */
    public static boolean isScript(MemorySegment file, String source) {
        return new ZipMembers(file, source).contains("constants.pkl");
    }

    /**
     * The tensors of a zip archive: {@code data.pkl}, and {@code data/KEY} for each storage.
     *
     * @param source names the file in messages
     * @throws CheckpointException if it is no such archive, or anything in it is not needed to list tensors
     */
    public static List<Tensor> readZip(MemorySegment file, String source) {
        ZipMembers members = new ZipMembers(file, source);
        if (!members.contains("data.pkl")) {
            throw new CheckpointException(
                    source + ": expected a file of torch.save, found a zip archive without data.pkl");
        }
        PickleBytes pickle = new PickleBytes(members.bytes("data.pkl"), source + ": data.pkl");
        Object root = Unpickler.read(pickle, new TorchCalls(members.contains("constants.pkl")));
        return new TorchTensors(source, storage -> bytes(storage, members, source), order(members, source)).of(root);
    }

    private static MemorySegment bytes(Storage storage, ZipMembers members, String source) {
        MemorySegment bytes = members.bytes("data/" + storage.key());
        return part(bytes, bytes.byteSize() / width(storage.dtype()), storage, source);
    }

    private static int width(DType dtype) {
        return dtype.bits() / Byte.SIZE;
    }

    /** @param count of elements that are there */
    private static MemorySegment part(MemorySegment bytes, long count, Storage storage, String source) {
        if (storage.count() > count || storage.offset() > count - storage.count()) {
            throw new CheckpointException(source + ": storage " + Quote.of(storage.key()) + " has " + count
                    + " elements, expected " + storage.count() + " from element " + storage.offset() + " on");
        }
        int width = width(storage.dtype());
        return bytes.asSlice(storage.offset() * width, storage.count() * width);
    }

    private static ByteOrder order(ZipMembers members, String source) {
        if (!members.contains("byteorder")) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        MemorySegment note = members.bytes("byteorder");
        String order = new PickleBytes(note, source).text(Math.min(note.byteSize(), MAX_NOTE),
                StandardCharsets.ISO_8859_1);
        return switch (order) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw new CheckpointException(
                    source + ": the byte order " + Quote.of(order) + ", expected little or big");
        };
    }

    /**
     * The tensors of a file from before torch 1.6: pickles of a magic number, a version, facts about the machine, the
     * object and the keys of the storages, then the storages in this order, each with its number of elements.
     *
     * @param source names the file in messages
     * @throws CheckpointException if it is no such file, or anything in it is not needed to list tensors
     */
    public static List<Tensor> readLegacy(MemorySegment file, String source) {
        PickleBytes in = new PickleBytes(file, source);
        TorchCalls calls = new TorchCalls(false);
        if (!LEGACY_MAGIC.equals(Unpickler.read(in, calls))) {
            throw new CheckpointException(source + ": expected a file of torch.save, found another pickle");
        }
        if (!(Unpickler.read(in, calls) instanceof Long version) || version != LEGACY_VERSION) {
            throw in.bad("expected version " + LEGACY_VERSION + " of the format before torch 1.6, found another");
        }
        boolean big = Unpickler.read(in, calls) instanceof Map<?, ?> machine
                && Boolean.FALSE.equals(machine.get("little_endian"));
        ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        Object root = Unpickler.read(in, calls);
        Map<String, MemorySegment> storages = legacyStorages(Unpickler.read(in, calls), calls.types(), in);
        return new TorchTensors(source, storage -> {
            MemorySegment bytes = storages.get(storage.key());
            if (bytes == null) {
                throw new CheckpointException(source + ": there is no storage " + Quote.of(storage.key()));
            }
            return part(bytes, bytes.byteSize() / width(storage.dtype()), storage, source);
        }, order).of(root);
    }

    /** The bytes of each storage, in the order of the keys. */
    private static Map<String, MemorySegment> legacyStorages(Object keys, Map<String, DType> types, PickleBytes in) {
        if (!(keys instanceof List<?> list)) {
            throw in.bad("expected the list of storages, found something else");
        }
        Map<String, MemorySegment> storages = new HashMap<>();
        for (Object key : list) {
            if (!(key instanceof String name) || !types.containsKey(name)) {
                throw in.bad("expected the key of a storage that a tensor has, found another value");
            }
            long count = in.i64();
            int width = width(types.get(name));
            if (count < 0 || count > Long.MAX_VALUE / width) {
                throw in.bad("storage " + Quote.of(name) + " of " + count + " elements");
            }
            MemorySegment bytes = in.rest();
            in.take(count * width);
            storages.put(name, bytes.asSlice(0, count * width));
        }
        return storages;
    }
}
