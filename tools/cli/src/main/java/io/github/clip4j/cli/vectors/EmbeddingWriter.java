package io.github.clip4j.cli.vectors;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.UsageException;
import java.nio.file.Path;
import java.util.Map;

/** Writes named embeddings in order, one at a time; the file appears when it is complete. */
public sealed interface EmbeddingWriter extends AutoCloseable
        permits NpyWriter, SafetensorsEmbeddingWriter, JsonLinesWriter {
    /**
     * A writer of the format that the file's extension names.
     *
     * @param key the field of the names, such as {@code image} or {@code text}
     * @param notes what is true of all embeddings
     * @throws UsageException if the extension is none of {@code .npy}, {@code .safetensors} and {@code .jsonl}
     * @throws DataException if the file cannot be written
     */
    static EmbeddingWriter create(Path file, String key, Map<String, String> notes) {
        requireFormat(file);
        String name = file.toString();
        if (name.endsWith(".npy")) {
            return new NpyWriter(file, key, notes);
        }
        return name.endsWith(".jsonl")
                ? new JsonLinesWriter(file, key, notes)
                : new SafetensorsEmbeddingWriter(file, notes);
    }

    /** @throws UsageException if a file's extension is none of the formats' */
    static void requireFormat(Path file) {
        if (!file.toString().matches("(?s).*\\.(npy|safetensors|jsonl)")) {
            throw new UsageException(file + ": expected a name that ends in .npy, .safetensors or .jsonl");
        }
    }

    /** Appends an embedding, all of one length. */
    default void add(String name, float[] embedding) {
        add(name, null, embedding);
    }

    /** @param details more about what has the name, of all embeddings or of none: null */
    void add(String name, Json.Fields details, float[] embedding);

    /** Puts the file, of at least one embedding, in its place. */
    void finish();

    /** Removes what was written if it is not finished. */
    @Override
    void close();
}
