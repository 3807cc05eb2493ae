package io.github.clip4j.cli.vectors;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.search.ModelId;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * An image of an index as JSON, alone or with its vector.
 *
 * @param model that made the vector, null if it is not told
 * @param embedding null if it is elsewhere
 */
public record IndexRow(IndexedImage image, ModelId model, float[] embedding) {
    public static final String PATH = "path";
    public static final String MODEL = "model";
    public static final String MODEL_SHA256 = "model_sha256";
    private static final Pattern HASH = Pattern.compile("(\\p{XDigit}{64})?");
    /** Lucene's longest term has 32,766 bytes. */
    private static final int MAX_PATH = 8_000;

    /** Writes the fields of an image. */
    public static void write(IndexedImage image, JsonGenerator object) throws IOException {
        object.writeStringField(PATH, image.path());
        writeDetails(image, object);
    }

    /** Writes all of them but the path. */
    public static void writeDetails(IndexedImage image, JsonGenerator object) throws IOException {
        object.writeNumberField("size", image.size());
        object.writeNumberField("modified", image.modified());
        object.writeStringField("sha256", image.sha256());
        object.writeNumberField("width", image.width());
        object.writeNumberField("height", image.height());
    }

    /** This row with what is elsewhere in its file. */
    IndexRow with(String path, ModelId id, float[] vector) {
        return new IndexRow(new IndexedImage(path, image.size(), image.modified(), image.sha256(), image.width(),
                image.height()), id, vector);
    }

    /**
     * Reads the object at which a parser stands; what it does not know it passes over.
     *
     * @param path if the object has none, or null if it must have one
     * @param place where it is, for messages
     * @throws DataException if it is no such object
     */
    static IndexRow read(JsonParser json, String path, String place) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new DataException(place + ": expected an object");
        }
        String found = path;
        long size = 0;
        long modified = 0;
        String sha256 = "";
        long width = 0;
        long height = 0;
        String model = "unnamed";
        String modelSha256 = null;
        float[] embedding = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case PATH -> found = string(json, place);
                case "size" -> size = number(json, Long.MAX_VALUE, place);
                case "modified" -> modified = number(json, Long.MAX_VALUE, place);
                case "sha256" -> sha256 = string(json, place);
                case "width" -> width = number(json, Integer.MAX_VALUE, place);
                case "height" -> height = number(json, Integer.MAX_VALUE, place);
                case MODEL -> model = string(json, place);
                case MODEL_SHA256 -> modelSha256 = string(json, place);
                case "embedding" -> embedding = vector(json, place);
                default -> json.skipChildren();
            }
        }
        if (found == null || found.isEmpty() || found.length() > MAX_PATH) {
            throw new DataException(place + ": expected a \"path\" of 1 to " + MAX_PATH + " characters");
        }
        if (!HASH.matcher(sha256).matches() || modelSha256 != null && !HASH.matcher(modelSha256).matches()) {
            throw new DataException(place + ": expected a SHA-256 of 64 hex digits");
        }
        return new IndexRow(new IndexedImage(found, size, modified, sha256, (int) width, (int) height),
                modelSha256 == null ? null : new ModelId(model, modelSha256), embedding);
    }

    private static String string(JsonParser json, String place) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new DataException(place + ": expected \"" + json.currentName() + "\" to be a string");
        }
        return json.getText();
    }

    private static long number(JsonParser json, long max, String place) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getNumberType() == NumberType.BIG_INTEGER
                || json.getLongValue() < 0 || json.getLongValue() > max) {
            throw new DataException(
                    place + ": expected \"" + json.currentName() + "\" to be an integer from 0 to " + max);
        }
        return json.getLongValue();
    }

    private static float[] vector(JsonParser json, String place) throws IOException {
        float[] values = new float[ImageIndexWriter.MAX_DIMENSION];
        int count = 0;
        if (json.currentToken() == JsonToken.START_ARRAY) {
            while (json.nextToken() != null && json.currentToken().isNumeric() && count < values.length) {
                values[count++] = json.getFloatValue();
            }
        }
        if (json.currentToken() != JsonToken.END_ARRAY) {
            throw new DataException(place + ": expected \"embedding\" to be an array of at most " + values.length
                    + " numbers");
        }
        return Arrays.copyOf(values, count);
    }
}
