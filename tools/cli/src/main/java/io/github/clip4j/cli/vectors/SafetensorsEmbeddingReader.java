package io.github.clip4j.cli.vectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.ModelId;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;

/** The safetensors format, as {@link SafetensorsEmbeddingWriter} writes it. */
final class SafetensorsEmbeddingReader implements EmbeddingReader {
    private final Path file;
    private final Checkpoint checkpoint;
    private final Tensor embeddings;
    private final ModelId model;
    private final JsonParser names;
    private final JsonParser details;
    private long row;

    SafetensorsEmbeddingReader(Path file) {
        this.file = file;
        this.checkpoint = Checkpoint.open(file);
        try {
            this.embeddings = embeddings();
            String sha256 = checkpoint.metadata().get(IndexRow.MODEL_SHA256);
            this.model = sha256 == null
                    ? null
                    : new ModelId(checkpoint.metadata().getOrDefault(IndexRow.MODEL, "unnamed"), sha256);
            this.names = array("names");
            this.details = array("details");
        } catch (IOException e) {
            checkpoint.close();
            throw failure(e);
        } catch (Throwable e) {
            checkpoint.close();
            throw e;
        }
    }

    private Tensor embeddings() {
        Tensor tensor = checkpoint.tensor("embeddings");
        if (tensor.dtype() != DType.F32 || tensor.shape().size() != 2 || tensor.shape().get(1) < 1
                || tensor.shape().get(1) > ImageIndexWriter.MAX_DIMENSION) {
            throw new DataException("%s: tensor \"embeddings\" is %s %s, expected F32 [n, d] with d from 1 to %d"
                    .formatted(file, tensor.dtype(), tensor.shape(), ImageIndexWriter.MAX_DIMENSION));
        }
        return tensor;
    }

    private JsonParser array(String key) throws IOException {
        String text = checkpoint.metadata().get(key);
        if (text == null) {
            throw new DataException(file + ": has no \"" + key + "\" in its metadata");
        }
        JsonParser array = Json.parser(new StringReader(text));
        if (array.nextToken() != JsonToken.START_ARRAY) {
            throw new DataException(file + ": \"" + key + "\" in its metadata is no array");
        }
        return array;
    }

    @Override
    public IndexRow next() {
        try {
            boolean last = row == embeddings.shape().getFirst();
            JsonToken name = names.nextToken();
            JsonToken detail = details.nextToken();
            if (name != (last ? JsonToken.END_ARRAY : JsonToken.VALUE_STRING)
                    || detail != (last ? JsonToken.END_ARRAY : JsonToken.START_OBJECT)) {
                throw new DataException("%s: expected %d strings in \"names\" and objects in \"details\", as rows"
                        .formatted(file, embeddings.shape().getFirst()));
            }
            if (last) {
                return null;
            }
            float[] embedding = new float[embeddings.shape().get(1).intValue()];
            embeddings.read(row * embedding.length, embedding, 0, embedding.length);
            row++;
            return IndexRow.read(details, names.getText(), file + ": row " + row).with(names.getText(), model,
                    embedding);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private DataException failure(IOException e) {
        return new DataException(file + ": has metadata that is not JSON: " + Failures.oneLine(e.getMessage()), e);
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
