package io.github.clip4j.cli;

import java.nio.file.Path;

/** Writes named embeddings in order, one at a time; the file appears when it is complete. */
sealed interface EmbeddingWriter extends AutoCloseable permits NpyWriter, SafetensorsEmbeddingWriter, JsonLinesWriter {
    /**
     * A writer of the format that the file's extension names.
     *
     * @param kind what is embedded, {@code image} or {@code text}
     * @throws UsageException if the extension is none of {@code .npy}, {@code .safetensors} and {@code .jsonl}
     * @throws DataException if the file cannot be written
     */
    static EmbeddingWriter create(Path file, String kind) {
        String name = file.toString();
        if (name.endsWith(".npy")) {
            return new NpyWriter(file, kind);
        }
        if (name.endsWith(".safetensors")) {
            return new SafetensorsEmbeddingWriter(file);
        }
        if (name.endsWith(".jsonl")) {
            return new JsonLinesWriter(file, kind);
        }
        throw new UsageException("--output " + file + ": expected a name that ends in .npy, .safetensors or .jsonl");
    }

    /** Appends an embedding, all of one length. */
    void add(String name, float[] embedding);

    /** Puts the file, of at least one embedding, in its place. */
    void finish();

    /** Removes what was written if it is not finished. */
    @Override
    void close();
}
