package io.github.clip4j.cli.vectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.files.JsonFault;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The rows of JSON lines, with or without their vectors. */
final class JsonLinesReader implements EmbeddingReader {
    private final Path file;
    private final boolean vectors;
    private final JsonParser json;
    private int row;

    /** Rows with their vectors. */
    JsonLinesReader(Path file) {
        this(file, true);
    }

    JsonLinesReader(Path file, boolean vectors) {
        this.file = file;
        this.vectors = vectors;
        try {
            this.json = Json.parser(Files.newBufferedReader(file));
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e, e);
        }
    }

    @Override
    public IndexRow next() {
        row++;
        String place = file + ": row " + row;
        try {
            if (json.nextToken() == null) {
                return null;
            }
            IndexRow read = IndexRow.read(json, null, place);
            if (json.currentToken() != JsonToken.END_OBJECT || vectors && read.embedding() == null) {
                throw new DataException(place + ": expected an object with \"embedding\"");
            }
            return read;
        } catch (JsonProcessingException e) {
            throw new DataException(place + ": is not JSON: " + JsonFault.of(e), e);
        } catch (CharacterCodingException e) {
            throw new DataException(file + ": is not UTF-8 text", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            json.close();
        } catch (IOException e) {
            throw new DataException(file + ": cannot be closed: " + e, e);
        }
    }
}
