package io.github.clip4j.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.clip4j.checkpoint.raw.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An object of a JSON file and where it stands there. A field that is missing or null takes the default; one of another
 * type is a {@link CheckpointException} that names file and field.
 *
 * @param file for messages
 * @param path the fields down to this object, each with a dot after it; empty for the whole file
 * @param fields values are String, Number, Boolean, null, List and Map
 */
record JsonObject(Path file, String path, Map<?, ?> fields) {
    static JsonObject read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            if (Json.parse(Json.OF_PYTHON, in, file.toString(), JsonObject::value) instanceof Map<?, ?> fields) {
                return new JsonObject(file, "", fields);
            }
            throw new CheckpointException(file + ": expected a JSON object, found another value");
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file + ": expected a JSON file, found nothing", e);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + e, e);
        }
    }

    boolean has(String field) {
        return fields.get(field) != null;
    }

    boolean isObject(String field) {
        return fields.get(field) instanceof Map;
    }

    List<String> names() {
        return fields.keySet().stream().map(String.class::cast).toList();
    }

    /** The object in this field, an empty one where it is missing. */
    JsonObject object(String field) {
        return new JsonObject(file, path + field + ".", get(field, Map.class, Map.of(), "an object"));
    }

    String text(String field, String missing) {
        return get(field, String.class, missing, "a string");
    }

    boolean flag(String field, boolean missing) {
        return get(field, Boolean.class, missing, "true or false");
    }

    int integer(String field, int missing) {
        return get(field, Integer.class, missing, "an integer below 2^31");
    }

    double number(String field, double missing) {
        double number = get(field, Number.class, missing, "a number").doubleValue();
        if (!Double.isFinite(number)) {
            throw bad(field, "a finite number");
        }
        return number;
    }

    List<Double> numbers(String field, List<Double> missing) {
        List<Double> numbers = new ArrayList<>();
        for (Object item : get(field, List.class, missing, "an array of numbers")) {
            if (!(item instanceof Number number)) {
                throw bad(field, "an array of numbers");
            }
            numbers.add(number.doubleValue());
        }
        return numbers;
    }

    /** What {@code record} makes of these fields; the arguments it refuses are this object's fault. */
    <T> T build(Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": " + path + e.getMessage(), e);
        }
    }

    /** What to throw where a field does not hold what is expected. */
    CheckpointException bad(String field, String expected) {
        Object value = fields.get(field);
        String found = switch (value) {
            case null -> "nothing";
            case Map<?, ?> _ -> "an object";
            case List<?> _ -> "an array";
            case String text -> Quote.of(text);
            default -> Quote.brief(value.toString());
        };
        return new CheckpointException(
                file + ": " + path + Quote.brief(field) + ": expected " + expected + ", found " + found);
    }

    private <T> T get(String field, Class<T> type, T missing, String expected) {
        Object value = fields.get(field);
        if (value != null && !type.isInstance(value)) {
            throw bad(field, expected);
        }
        return value == null ? missing : type.cast(value);
    }

    private static Object value(JsonParser parser) throws IOException {
        if (parser.currentToken() == null) {
            throw Json.unexpected(parser, "a JSON value");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield items;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getNumberValue();
        };
    }
}
