package io.github.clip4j.cli.vectors;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads vectors with what is known of their images, as {@link EmbeddingWriter} writes those of an index. */
public sealed interface EmbeddingReader extends AutoCloseable
        permits NpyReader, SafetensorsEmbeddingReader, JsonLinesReader {
    /**
     * A reader of the format that the file's extension names.
     *
     * @throws UsageException if the extension is none of {@code .npy}, {@code .safetensors} and {@code .jsonl}
     * @throws DataException if there is no such file or it has another form
     */
    static EmbeddingReader open(Path file) {
        EmbeddingWriter.requireFormat(file);
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + (Files.exists(file) ? ": is not a file" : ": there is no such file"));
        }
        String name = file.toString();
        if (name.endsWith(".npy")) {
            return new NpyReader(file);
        }
        return name.endsWith(".jsonl") ? new JsonLinesReader(file) : new SafetensorsEmbeddingReader(file);
    }

    /**
     * The next row, with its vector; null after the last one.
     *
     * @throws DataException naming file and row, if it is not as it should be
     */
    IndexRow next();

    @Override
    void close();
}
