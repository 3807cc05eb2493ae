package io.github.clip4j.train.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.clip4j.files.JsonFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON files of a data set: strict UTF-8, no key twice, and memory for one value at a time. */
final class JsonText {
    private static final int MAX_BRIEF = 60;
    /** Some editors begin a file with it. */
    private static final char BYTE_ORDER_MARK = 0xfeff;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(1 << 16)
                    .maxDocumentLength(4L << 30)
                    .build())
            .build();

    /** Reads values from a parser that stands before the first token. */
    @FunctionalInterface
    interface Body<T> {
        T read(JsonParser json) throws IOException;
    }

    private JsonText() {}

    /** @throws DataSetException naming the file, and the line where one is at fault */
    static <T> T read(Path file, Body<T> body) {
        if (!Files.isRegularFile(file)) {
            String found = Files.exists(file) ? "something else" : "nothing";
            throw new DataSetException(file + ": expected a JSON file, found " + found);
        }
        // a reader, because Jackson's own decoder is lenient with UTF-8 and guesses other encodings
        try (BufferedReader text = Files.newBufferedReader(file)) {
            text.mark(1);
            if (text.read() != BYTE_ORDER_MARK) {
                text.reset();
            }
            JsonParser json = FACTORY.createParser(text);
            return body.read(json);
        } catch (JsonProcessingException e) {
            int line = e.getLocation().getLineNr();
            throw new DataSetException(file + ": line " + line + ": " + printable(JsonFault.of(e)), e);
        } catch (CharacterCodingException e) {
            throw new DataSetException(file + ": expected JSON in UTF-8, found bytes that are not UTF-8", e);
        } catch (IOException e) {
            throw new DataSetException(file + ": cannot be read: " + e, e);
        }
    }

    /** The string that the parser stands on. */
    static String string(JsonParser json, String what) throws IOException {
        require(json, JsonToken.VALUE_STRING, what);
        return json.getText();
    }

    /** @throws JsonParseException if the parser stands on another token; null is the end of the file */
    static void require(JsonParser json, JsonToken token, String what) throws IOException {
        if (json.currentToken() != token) {
            String found = json.currentToken() == null ? "the end of the file" : quote(json.getText());
            throw new JsonParseException(json, "expected " + what + ", found " + found, json.currentTokenLocation());
        }
    }

    /** Text from a file made fit for a message: in quotes, on one line and not too long. */
    static String quote(String text) {
        return '"' + printable(text.length() <= MAX_BRIEF ? text : text.substring(0, MAX_BRIEF) + "...") + '"';
    }

    private static String printable(String text) {
        return text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]+", "?");
    }
}
