package io.github.clip4j.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.clip4j.checkpoint.raw.Quote;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: its length as an unsigned 64-bit little-endian number, then a JSON object of that
 * many bytes. Each key is a tensor's name with {@code dtype}, {@code shape} and {@code data_offsets}, counted from the
 * end of the header; {@code __metadata__} holds strings. Sorted by offset the tensors fill the rest of the file
 * exactly.
 *
 * <p>Accepts what version 0.8.0 of the reference library (github.com/huggingface/safetensors) accepts, except for keys
 * that come twice, a dtype written as an object, and what is beyond the bounds of {@link Json}. The values of fields
 * that nobody knows are checked for syntax only.
 *
 * @param entries the tensors in the order of their data
 * @param dataStart where the first tensor begins in the file
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long dataStart) {
    static final long MAX_LENGTH = 100_000_000;
    static final String METADATA = "__metadata__";

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * One tensor.
     *
     * @param shape dimensions as unsigned numbers: an empty tensor may have some beyond 2^63
     * @param begin first byte of the data, counted from the end of the header
     */
    record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {
        /** The number of elements, multiplied from the left so that the same shapes overflow as in the reference. */
        long elements(String source) {
            long product = 1;
            for (long dimension : shape) {
                product = times(product, dimension, source);
            }
            return product;
        }

        /** Size of the data as type and shape tell it. */
        long bytes(String source) {
            long bits = times(elements(source), dtype.bits(), source);
            if (bits % 8 != 0) {
                throw bad(source, "expected whole bytes of data, found " + Long.toUnsignedString(bits) + " bits");
            }
            return bits >>> 3;
        }

        private long times(long a, long b, String source) {
            if (Math.unsignedMultiplyHigh(a, b) != 0) {
                throw bad(source, "the size of shape " + shapeText() + " overflows 64 bits");
            }
            return a * b;
        }

        private String shapeText() {
            return shape.stream().limit(8).map(Long::toUnsignedString).toList() + (shape.size() > 8 ? "..." : "");
        }

        CheckpointException bad(String source, String problem) {
            return new CheckpointException(source + ": tensor " + Quote.of(name) + ": " + problem);
        }
    }

    /**
     * Reads and checks the header of a whole file.
     *
     * @param source names the file in messages
     * @throws CheckpointException if anything is wrong with it
     */
    static SafetensorsHeader parse(MemorySegment file, String source) {
        if (file.byteSize() < Long.BYTES) {
            throw new CheckpointException(source + ": expected a safetensors file of at least 8 bytes, found "
                    + file.byteSize());
        }
        long length = file.get(LENGTH, 0);
        long limit = Math.min(MAX_LENGTH, file.byteSize() - Long.BYTES);
        if (Long.compareUnsigned(length, limit) > 0) {
            throw new CheckpointException(source + ": expected a header of at most " + limit + " bytes, found length "
                    + Long.toUnsignedString(length) + " at byte 0: not a safetensors file, or cut short");
        }
        long dataStart = Long.BYTES + length;
        byte[] json = file.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        SafetensorsHeader header = Json.parse(Json.FACTORY, new ByteArrayInputStream(json), source + ": header",
                parser -> new Reader(parser).header(dataStart));
        header.checkLayout(file.byteSize() - dataStart, source);
        return header;
    }

    /** Without holes, overlaps or a rest. */
    private void checkLayout(long dataSize, String source) {
        long position = 0;
        for (Entry entry : entries) {
            long bytes = entry.bytes(source);
            if (entry.begin != position || entry.end - entry.begin != bytes) {
                throw entry.bad(source, "expected data_offsets [" + position + ", "
                        + Long.toUnsignedString(position + bytes) + "] after the tensor before it and by its shape "
                        + entry.shapeText() + " of " + entry.dtype + ", found [" + Long.toUnsignedString(entry.begin)
                        + ", " + Long.toUnsignedString(entry.end) + "]");
            }
            // compared at every step, so that no sum of sizes can wrap around
            if (Long.compareUnsigned(bytes, dataSize - position) > 0) {
                throw entry.bad(source, "its data ends at byte " + Long.toUnsignedString(dataStart + entry.end)
                        + " but the file at " + (dataStart + dataSize) + ": the file is cut short");
            }
            position += bytes;
        }
        if (position != dataSize) {
            throw new CheckpointException(source + ": the last tensor ends at byte " + (dataStart + position)
                    + " but the file at " + (dataStart + dataSize) + ": expected nothing after it");
        }
    }

    /** The grammar of the header. */
    private static final class Reader {
        private final JsonParser parser;
        private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();

        Reader(JsonParser parser) {
            this.parser = parser;
        }

        SafetensorsHeader header(long dataStart) throws IOException {
            List<Entry> entries = new ArrayList<>();
            Map<String, String> metadata = Map.of();
            expect(JsonToken.START_OBJECT, "an object of tensors");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = text("a tensor's name");
                parser.nextToken();
                if (name.equals(METADATA)) {
                    metadata = metadata();
                } else {
                    entries.add(entry(name));
                }
            }
            entries.sort(Comparator.comparing(Entry::begin, Long::compareUnsigned)
                    .thenComparing(Entry::end, Long::compareUnsigned));
            return new SafetensorsHeader(entries, metadata, dataStart);
        }

        private Map<String, String> metadata() throws IOException {
            Map<String, String> metadata = new LinkedHashMap<>();
            if (parser.currentToken() != JsonToken.VALUE_NULL) {
                expect(JsonToken.START_OBJECT, "an object of strings, or null");
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = text("a key");
                    parser.nextToken();
                    expect(JsonToken.VALUE_STRING, "a string");
                    metadata.put(key, text("a string"));
                }
            }
            return metadata;
        }

        /** A tensor as an object, or as serde also takes a struct: as the array of its three fields. */
        private Entry entry(String name) throws IOException {
            DType dtype = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            if (parser.currentToken() == JsonToken.START_ARRAY) {
                parser.nextToken();
                dtype = dtype();
                parser.nextToken();
                shape = integers();
                parser.nextToken();
                offsets = integers();
                parser.nextToken();
                expect(JsonToken.END_ARRAY, "three fields of a tensor");
            } else {
                expect(JsonToken.START_OBJECT, "the object of a tensor");
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String field = text("a field's name");
                    parser.nextToken();
                    switch (field) {
                        case "dtype" -> dtype = dtype();
                        case "shape" -> shape = integers();
                        case "data_offsets" -> offsets = integers();
                        default -> parser.skipChildren();
                    }
                }
            }
            if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
                throw Json.unexpected(parser, "dtype, shape and two data_offsets in tensor " + Quote.of(name));
            }
            return new Entry(name, dtype, shape, offsets.getFirst(), offsets.getLast());
        }

        private DType dtype() throws IOException {
            expect(JsonToken.VALUE_STRING, "a dtype");
            String name = parser.getText();
            for (DType dtype : DType.values()) {
                if (dtype.name().equals(name)) {
                    return dtype;
                }
            }
            throw Json.unexpected(parser, "a dtype out of " + Arrays.toString(DType.values()));
        }

        private List<Long> integers() throws IOException {
            expect(JsonToken.START_ARRAY, "an array of integers");
            List<Long> integers = new ArrayList<>(4);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                integers.add(unsigned());
            }
            return List.copyOf(integers);
        }

        private long unsigned() throws IOException {
            expect(JsonToken.VALUE_NUMBER_INT, "an integer");
            try {
                return Long.parseUnsignedLong(parser.getText());
            } catch (NumberFormatException e) {
                throw Json.unexpected(parser, "an integer from 0 to 2^64 - 1");
            }
        }

        /** The string or field name at hand. Escapes may have put half a character into it, which UTF-8 cannot hold. */
        private String text(String what) throws IOException {
            String text = parser.getText();
            if (!encoder.canEncode(text)) {
                throw Json.unexpected(parser, what + " without lone surrogates");
            }
            return text;
        }

        private void expect(JsonToken token, String what) throws IOException {
            if (parser.currentToken() != token) {
                throw Json.unexpected(parser, what);
            }
        }
    }
}
