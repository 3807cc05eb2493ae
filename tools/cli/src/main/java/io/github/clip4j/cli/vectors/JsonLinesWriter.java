package io.github.clip4j.cli.vectors;

import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.OutputFile;
import java.nio.file.Path;
import java.util.Map;

/** JSON lines, {@code {"image": name, "embedding": [...]}}; the numbers are the shortest that read back the same. */
final class JsonLinesWriter implements EmbeddingWriter {
    private final OutputFile lines;
    private final Row row;

    JsonLinesWriter(Path file, String key, Map<String, String> notes) {
        this.lines = new OutputFile(file);
        this.row = new Row(key, notes);
    }

    @Override
    public void add(String name, Json.Fields details, float[] embedding) {
        lines.append(Json.line(Json.object(object -> {
            row.write(name, details, object);
            object.writeArrayFieldStart("embedding");
            for (float value : embedding) {
                object.writeNumber(value);
            }
            object.writeEndArray();
        })));
    }

    @Override
    public void finish() {
        lines.commit();
    }

    @Override
    public void close() {
        lines.close();
    }
}
