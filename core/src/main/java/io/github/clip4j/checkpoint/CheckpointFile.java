package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.flax.FlaxFile;
import io.github.clip4j.checkpoint.raw.StoredTensor;
import io.github.clip4j.checkpoint.torch.TorchFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of weights mapped into memory: opening reads what says where the tensors are, reading a tensor touches its
 * pages.
 */
final class CheckpointFile extends NamedTensors {
    private final FileForm form;
    private final Arena arena;
    private final Map<String, String> metadata;

    private CheckpointFile(String source, FileForm form, List<? extends Tensor> tensors, Map<String, String> metadata,
            Arena arena) {
        super(source, tensors);
        this.form = form;
        this.metadata = Collections.unmodifiableMap(metadata);
        this.arena = arena;
    }

    static CheckpointFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + ": expected a file of weights, found "
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
    static CheckpointFile of(MemorySegment file, String source, Arena arena) {
        FileForm form = FileForm.of(file, source);
        if (form == FileForm.SAFETENSORS) {
            SafetensorsHeader header = SafetensorsHeader.parse(file, source);
            return new CheckpointFile(source, form, tensors(file, header, source), header.metadata(), arena);
        }
        List<Tensor> tensors = switch (form) {
            case TORCH_LEGACY -> TorchFile.readLegacy(file, source);
            case FLAX -> FlaxFile.read(file, source, arena);
            default -> TorchFile.readZip(file, source);
        };
        return new CheckpointFile(source, form, tensors, Map.of(), arena);
    }

    private static List<StoredTensor> tensors(MemorySegment file, SafetensorsHeader header, String source) {
        MemorySegment data = file.asSlice(header.dataStart());
        return header.entries().stream()
                .map(entry -> new StoredTensor(source, entry.name(), entry.dtype(), entry.shape(),
                        entry.elements(source), data.asSlice(entry.begin(), entry.end() - entry.begin())))
                .toList();
    }

    @Override
    Optional<FileForm> form() {
        return Optional.of(form);
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
