package io.github.clip4j.cli.vectors;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.clip4j.cli.shared.Json;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is told of a row of embeddings in its line of JSON.
 *
 * @param key the field of the name
 * @param notes fields that are the same in all rows
 */
public record Row(String key, Map<String, String> notes) {
    public Row {
        notes = new TreeMap<>(notes); // the same order each time
    }

    void write(String name, Json.Fields details, JsonGenerator object) throws IOException {
        object.writeStringField(key, name);
        if (details != null) {
            details.write(object);
        }
        for (Map.Entry<String, String> note : notes.entrySet()) {
            object.writeStringField(note.getKey(), note.getValue());
        }
    }
}
