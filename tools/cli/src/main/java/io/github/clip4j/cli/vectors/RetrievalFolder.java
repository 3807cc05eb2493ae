package io.github.clip4j.cli.vectors;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.files.JsonFault;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * A folder as clip-retrieval's {@code inference} writes it: {@code img_emb/img_emb_K.npy}, {@code text_emb/text_emb_K.npy}
 * and {@code metadata/metadata_K.jsonl} for {@code K = 0, 1, ...}, a number of rows in each, that of the same place the
 * same sample's. Where that writes Parquet there are JSON lines. A file appears when it is complete.
 */
public final class RetrievalFolder implements AutoCloseable {
    private static final Set<String> OURS = Set.of("image_path", "caption", "metadata");

    private final Path folder;
    private final int rows;
    private final boolean texts;
    private Part part;
    private int parts;

    /**
     * @param rows of a file
     * @param texts whether there are captions
     * @throws DataException if there are files of another run, or the folder cannot be made
     */
    public RetrievalFolder(Path folder, int rows, boolean texts) {
        this.folder = folder;
        this.rows = rows;
        this.texts = texts;
        for (String kind : texts ? Set.of("img_emb", "text_emb", "metadata") : Set.of("img_emb", "metadata")) {
            Path below = folder.resolve(kind);
            try {
                Files.createDirectories(below);
                if (Files.exists(file(kind, 0, kind.equals("metadata") ? ".jsonl" : ".npy"))) {
                    throw new DataException(below + ": holds files of another run; expected a new or empty folder");
                }
            } catch (IOException e) {
                throw new DataException(below + ": cannot be made: " + e, e);
            }
        }
    }

    private Path file(String kind, int number, String extension) {
        return folder.resolve(kind).resolve(kind + "_" + number + extension);
    }

    /** The three files with one number. */
    private final class Part implements AutoCloseable {
        private final NpyArray images = new NpyArray(file("img_emb", parts, ".npy"));
        private final NpyArray captions = texts ? new NpyArray(file("text_emb", parts, ".npy")) : null;
        private final OutputFile metadata = new OutputFile(file("metadata", parts, ".jsonl"));

        void finish() {
            images.finish();
            if (texts) {
                captions.finish();
            }
            metadata.commit();
        }

        @Override
        public void close() {
            images.close();
            if (texts) {
                captions.close();
            }
            metadata.close();
        }
    }

    /**
     * Adds a sample.
     *
     * @param metadata an object in JSON whose fields are taken over, or null
     * @param text vector of the caption; not looked at if there are no captions
     * @throws DataException naming the sample, if the metadata are no such object
     */
    public void add(String key, String caption, String metadata, float[] image, float[] text) {
        String line = Json.object(object -> {
            object.writeStringField("image_path", key);
            if (texts) {
                object.writeStringField("caption", caption);
            }
            if (metadata != null) {
                copyFields(key, metadata, object);
            }
        });
        if (part == null) {
            part = new Part();
        }
        part.images.add(image);
        if (texts) {
            part.captions.add(text);
        }
        part.metadata.append(Json.line(line));
        if (part.images.rows() == rows) {
            finish();
        }
    }

    private static void copyFields(String key, String metadata, JsonGenerator object) throws IOException {
        try (JsonParser json = Json.parser(new StringReader(metadata))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new DataException(key + ": its metadata are no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean taken = !OURS.contains(json.currentName());
                if (taken) {
                    object.copyCurrentStructure(json);
                } else {
                    json.nextToken();
                    json.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            throw new DataException(key + ": its metadata are not JSON: " + JsonFault.of(e), e);
        }
    }

    /** Puts the files that are not full in their place. */
    public void finish() {
        if (part != null) {
            part.finish();
            part.close();
            part = null;
            parts++;
        }
    }

    /** Removes the files that are not finished. */
    @Override
    public void close() {
        if (part != null) {
            part.close();
        }
    }
}
