package io.github.clip4j.cli.vectors;

import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.OutputFile;
import java.nio.file.Path;
import java.util.Map;

/** NumPy's format; what is known of the rows goes to {@code X.names.jsonl} beside {@code X.npy}, a line each. */
public final class NpyWriter implements EmbeddingWriter {
    private final NpyArray array;
    private final OutputFile names;
    private final Row row;

    NpyWriter(Path file, String key, Map<String, String> notes) {
        this.row = new Row(key, notes);
        this.array = new NpyArray(file);
        this.names = new OutputFile(namesFile(file));
    }

    public static Path namesFile(Path file) {
        return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.npy$", ".names.jsonl"));
    }

    @Override
    public void add(String name, Json.Fields details, float[] embedding) {
        array.add(embedding);
        names.append(Json.line(Json.object(object -> row.write(name, details, object))));
    }

    @Override
    public void finish() {
        names.commit();
        array.finish();
    }

    @Override
    public void close() {
        array.close();
        names.close();
    }
}
