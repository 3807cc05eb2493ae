package io.github.clip4j.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.github.clip4j.files.JsonFault;
import io.github.clip4j.checkpoint.raw.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * JSON from files that nobody vouches for. UTF-8 and syntax are strict, a key may not come twice, nothing may follow
 * the value, and nesting and the number of tokens are bounded. The streaming parser alone is used: databind would cost
 * more time at start than all headers and configs together.
 */
final class Json {
    /** serde_json, the reference's parser, stops at the same depth. */
    private static final int MAX_NESTING = 127;
    /**
     * Enough for 60,000 tensors. A token may cost a hundred times its text in memory, so the file's size is no bound.
     */
    private static final long MAX_TOKEN_COUNT = 1_000_000;

    /** Field names are not pooled: the pool is shared between files and grows with hostile ones. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxTokenCount(MAX_TOKEN_COUNT)
                    .maxDocumentLength(SafetensorsHeader.MAX_LENGTH)
                    .build())
            .build();

    /** For what Python writes, whose NaN and infinities are no JSON: they harm only where a number is used. */
    static final JsonFactory OF_PYTHON = FACTORY.rebuild().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    /** Reads one value; the parser stands on its first token and shall be left on its last. */
    @FunctionalInterface
    interface Body<T> {
        T read(JsonParser parser) throws IOException;
    }

    @FunctionalInterface
    interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private Json() {}

    /** @param source begins the message of every {@link CheckpointException}, the only exception thrown */
    static <T> T parse(JsonFactory dialect, InputStream utf8, String source, Body<T> body) {
        // a reader, because Jackson's own decoder is lenient with UTF-8 and guesses other encodings
        try (JsonParser parser = dialect
                .createParser(new InputStreamReader(utf8, StandardCharsets.UTF_8.newDecoder()))) {
            parser.nextToken();
            T value = body.read(parser);
            if (parser.nextToken() != null) {
                throw unexpected(parser, "nothing after the end of the JSON value");
            }
            return value;
        } catch (JsonEOFException e) {
            throw new CheckpointException(source + ": the JSON text breaks off before its end", e);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(
                    source + place(e.getLocation()) + ": " + Quote.printable(JsonFault.of(e)), e);
        } catch (CharacterCodingException e) {
            throw new CheckpointException(source + ": expected JSON in UTF-8, found bytes that are not UTF-8", e);
        } catch (IOException e) {
            throw new CheckpointException(source + ": cannot be read: " + e, e);
        }
    }

    /** Writes a file of one object, a field a line; {@code fields} gives what is between its braces. */
    static void write(Path file, Fields fields) {
        AtomicFile.write(file, channel -> {
            try (JsonGenerator json = FACTORY.createGenerator(Channels.newOutputStream(channel))) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).useDefaultPrettyPrinter();
                json.writeStartObject();
                fields.writeTo(json);
                json.writeEndObject();
            }
        });
    }

    /** What to throw where the current token is not {@code expected}. */
    static JsonParseException unexpected(JsonParser parser, String expected) throws IOException {
        String found = parser.currentToken() == null ? "the end" : Quote.of(parser.getText());
        return new JsonParseException(parser, "expected " + expected + ", found " + found,
                parser.currentTokenLocation());
    }

    private static String place(JsonLocation location) {
        return location == null
                ? ""
                : ": line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
