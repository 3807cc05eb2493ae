package io.github.clip4j.cli.shared;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.clip4j.files.JsonFault;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** JSON lines. */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Writes the fields of an object. */
    @FunctionalInterface
    public interface Fields {
        void write(JsonGenerator object) throws IOException;
    }

    private Json() {}

    /** An object on one line. */
    public static String object(Fields fields) {
        return write(json -> {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        });
    }

    /** A string in quotes. */
    public static String string(String value) {
        return write(json -> json.writeString(value));
    }

    /** An array of strings. */
    public static String array(List<String> values) {
        return write(json -> {
            json.writeStartArray();
            for (String value : values) {
                json.writeString(value);
            }
            json.writeEndArray();
        });
    }

    private static String write(Fields value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            value.write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Reads JSON from outside: no key twice, nesting and strings bounded. */
    public static JsonParser parser(Reader source) throws IOException {
        return FACTORY.createParser(source);
    }

    /** The bytes of a line of a file. */
    public static ByteBuffer line(String json) {
        return UTF_8.encode(json + "\n");
    }

    /**
     * The string under a key of an object; escaped surrogates without their other half stay as they are.
     *
     * @param line the object in UTF-8
     * @param source file and number of the line, for messages
     * @throws DataException if the line is not an object with such a string
     */
    public static String text(byte[] line, String key, String source) {
        String text = null;
        try (JsonParser json = FACTORY.createParser(line)) {
            boolean object = json.nextToken() == JsonToken.START_OBJECT;
            while (object && json.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = json.currentName().equals(key);
                if (json.nextToken() == JsonToken.VALUE_STRING && wanted) {
                    text = json.getText();
                }
                json.skipChildren();
            }
            if (text == null || json.nextToken() != null) {
                throw new DataException(source + ": expected one object with the string \"" + key + "\"");
            }
            return text;
        } catch (JsonProcessingException e) {
            throw new DataException(source + ": is not JSON: " + JsonFault.of(e), e);
        } catch (IOException e) {
            throw new DataException(source + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
