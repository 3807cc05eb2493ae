package io.github.clip4j.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A safetensors file mapped into memory: opening reads the header, reading a tensor touches its pages. */
final class SafetensorsFile extends NamedTensors {
    private final Arena arena;
    private final Map<String, String> metadata;

    private SafetensorsFile(String source, SafetensorsHeader header, List<StoredTensor> tensors, Arena arena) {
        super(source, tensors);
        this.metadata = Collections.unmodifiableMap(header.metadata());
        this.arena = arena;
    }

    static SafetensorsFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + ": expected a safetensors file, found "
                    + (Files.exists(path) ? "something that is not a regular file" : "nothing"));
        }
        Arena arena = Arena.ofShared();
        try {
            boolean onDisk = path.getFileSystem() == FileSystems.getDefault();
            return of(onDisk ? map(path, arena) : read(path, arena), path.toString(), arena);
        } catch (IOException e) {
            arena.close();
            throw new CheckpointException(path + ": cannot be read: " + e, e);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private static MemorySegment map(Path path, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /** A file in an archive, such as a model inside a jar, cannot be mapped. */
    private static MemorySegment read(Path path, Arena arena) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        return arena.allocate(bytes.length, Double.BYTES).copyFrom(MemorySegment.ofArray(bytes));
    }

    /**
     * A file whose bytes are in memory.
     *
     * @param arena closed with this checkpoint
     */
    static SafetensorsFile of(MemorySegment file, String source, Arena arena) {
        SafetensorsHeader header = SafetensorsHeader.parse(file, source);
        MemorySegment data = file.asSlice(header.dataStart());
        List<StoredTensor> tensors = new ArrayList<>();
        for (SafetensorsHeader.Entry entry : header.entries()) {
            tensors.add(new StoredTensor(source, entry.name(), entry.dtype(), entry.shape(), entry.elements(source),
                    data.asSlice(entry.begin(), entry.end() - entry.begin())));
        }
        return new SafetensorsFile(source, header, tensors, arena);
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
