package io.github.clip4j.cli.serve;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DatabindException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.clip4j.files.JsonFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Records out of JSON and out of query parameters, and JSON out of records. */
public final class Options {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private Options() {}

    /** @throws ApiException if the body is not the JSON of such a record */
    static <T> T read(InputStream body, Class<T> type) {
        try {
            return present(JSON.readValue(body, type));
        } catch (DatabindException e) {
            throw ApiException.badRequest(fault(e));
        } catch (JacksonException e) {
            throw ApiException.badRequest("the body is not JSON: " + oneLine(JsonFault.of(e)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws ApiException if there are parameters that such a record does not have */
    static <T> T of(Map<String, List<String>> parameters, Class<T> type) {
        try {
            JsonNode tree = JSON.valueToTree(parameters);
            return JSON.readerFor(type).with(DeserializationFeature.UNWRAP_SINGLE_VALUE_ARRAYS).readValue(tree);
        } catch (DatabindException e) {
            throw ApiException.badRequest(fault(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] json(Object answer) {
        try {
            return JSON.writeValueAsBytes(answer);
        } catch (JacksonException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T present(T value) {
        if (value == null) {
            throw ApiException.badRequest("expected an object, found null");
        }
        return value;
    }

    /** What is wrong, in terms of the request and not of the classes here. */
    private static String fault(DatabindException e) {
        if (e.getCause() instanceof IllegalArgumentException cause) {
            return oneLine(cause.getMessage());
        }
        List<Reference> path = e instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
        String field = path.isEmpty() ? "the body" : "\"" + path.getFirst().getFieldName() + "\"";
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                "there is no option \"" + unknown.getPropertyName() + "\"; there are "
                        + unknown.getKnownPropertyIds();
            case MismatchedInputException mismatch -> field + ": expected " + expected(mismatch.getTargetType());
            default -> field + ": " + oneLine(JsonFault.of(e));
        };
    }

    private static String expected(Class<?> type) {
        if (type == Integer.class) {
            return "a whole number";
        }
        if (type == Double.class) {
            return "a number";
        }
        return type == String.class ? "a string" : type == List.class ? "strings" : "an object";
    }

    private static String oneLine(String message) {
        return String.valueOf(message).replaceAll("\\s+", " ");
    }
}
