package io.github.clip4j.cli;

import java.nio.file.Path;

/** JSON lines, {@code {"image": name, "embedding": [...]}}; the numbers are the shortest that read back the same. */
final class JsonLinesWriter implements EmbeddingWriter {
    private final OutputFile lines;
    private final String kind;

    JsonLinesWriter(Path file, String kind) {
        this.lines = new OutputFile(file);
        this.kind = kind;
    }

    @Override
    public void add(String name, float[] embedding) {
        lines.append(Json.line(Json.object(object -> {
            object.writeStringField(kind, name);
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
