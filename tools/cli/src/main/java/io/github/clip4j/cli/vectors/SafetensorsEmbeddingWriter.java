package io.github.clip4j.cli.vectors;

import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.OutputFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format: tensor {@code embeddings} F32 [n, d], and in the metadata {@code names}, a JSON array, and
 * where there is more to tell {@code details}, another. Its header comes first and tells the number of rows, so rows
 * gather in a file beside it until they are all there.
 */
final class SafetensorsEmbeddingWriter implements EmbeddingWriter {
    /** The longest text that the reader here takes; readers elsewhere refuse a header of more than 100,000,000 bytes. */
    private static final int MAX_TEXT = 20_000_000;

    private final Path file;
    private final OutputFile rows;
    private final Map<String, String> notes;
    private final StringBuilder names = new StringBuilder("[");
    private final StringBuilder details = new StringBuilder("[");
    private long count;
    private long dimension;

    SafetensorsEmbeddingWriter(Path file, Map<String, String> notes) {
        this.file = file;
        this.notes = notes;
        this.rows = new OutputFile(file);
    }

    @Override
    public void add(String name, Json.Fields more, float[] embedding) {
        ByteBuffer row = ByteBuffer.allocate(embedding.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        row.asFloatBuffer().put(embedding);
        rows.append(row);
        names.append(count == 0 ? "" : ",").append(Json.string(name));
        if (more != null) {
            details.append(count == 0 ? "" : ",").append(Json.object(more));
        }
        if (Math.max(names.length(), details.length()) >= MAX_TEXT) {
            throw new DataException(
                    file + ": too many names for the header of a safetensors file; write .npy or .jsonl");
        }
        dimension = embedding.length;
        count++;
    }

    @Override
    public void finish() {
        Tensor embeddings = new Rows(rows.channel(), List.of(count, dimension));
        Map<String, String> metadata = new HashMap<>(notes);
        metadata.put("names", names + "]");
        if (details.length() > 1) {
            metadata.put("details", details + "]");
        }
        SafetensorsWriter.write(file, List.of(embeddings), metadata);
    }

    @Override
    public void close() {
        rows.close();
    }

    private record Rows(FileChannel channel, List<Long> shape) implements Tensor {
        @Override
        public String name() {
            return "embeddings";
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public void read(long from, float[] target, int offset, int count) {
            ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            try {
                while (bytes.hasRemaining()) {
                    if (channel.read(bytes, from * Float.BYTES + bytes.position()) < 0) {
                        throw new EOFException("the file of rows has become shorter");
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            bytes.flip().asFloatBuffer().get(target, offset, count);
        }
    }
}
