package io.github.clip4j.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.Set;
import java.util.TreeMap;

/** Writes the safetensors format; see {@link Checkpoint#open} for reading. */
public final class SafetensorsWriter {
    private static final int PIECE = 1 << 14;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private SafetensorsWriter(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Writes tensors of the types BOOL, F16, BF16, F32, F64 and of all integer types, wider ones first so that each is
     * aligned to its size, else in the given order. The file appears under its name only when it is complete. Tensors
     * are streamed: floats in pieces, one integer or F64 tensor at a time as an array.
     *
     * @param metadata notes to put beside the tensors; may be empty
     * @throws IllegalArgumentException if a name comes twice or a type is none of these
     * @throws CheckpointException if the file cannot be written or a tensor cannot be read
     */
    public static void write(Path file, SequencedCollection<? extends Tensor> tensors, Map<String, String> metadata) {
        List<? extends Tensor> ordered = tensors.stream()
                .sorted(Comparator.comparing(tensor -> -tensor.dtype().bits()))
                .toList();
        check(ordered);
        AtomicFile.write(file, channel -> {
            SafetensorsWriter writer = new SafetensorsWriter(channel);
            writer.writeHeader(ordered, metadata);
            for (Tensor tensor : ordered) {
                writer.writeData(tensor);
            }
            writer.flush();
        });
    }

    private static void check(List<? extends Tensor> tensors) {
        Set<String> names = new HashSet<>();
        names.add(SafetensorsHeader.METADATA);
        for (Tensor tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("tensor " + tensor.name() + ": the name is taken already");
            }
            if (tensor.dtype().bits() < 8 || tensor.dtype().name().startsWith("F8") || tensor.dtype() == DType.C64) {
                throw new IllegalArgumentException(
                        "tensor " + tensor.name() + ": tensors of type " + tensor.dtype() + " cannot be written");
            }
        }
    }

    private void writeHeader(List<? extends Tensor> tensors, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator out = Json.FACTORY.createGenerator(json)) {
            out.writeStartObject();
            if (!metadata.isEmpty()) {
                out.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> note : new TreeMap<>(metadata).entrySet()) { // the same bytes each time
                    out.writeStringField(note.getKey(), note.getValue());
                }
                out.writeEndObject();
            }
            long position = 0;
            for (Tensor tensor : tensors) {
                long end = position + tensor.size() * tensor.dtype().bits() / Byte.SIZE;
                out.writeObjectFieldStart(tensor.name());
                out.writeStringField("dtype", tensor.dtype().name());
                writeArray(out, "shape", tensor.shape());
                writeArray(out, "data_offsets", List.of(position, end));
                out.writeEndObject();
                position = end;
            }
            out.writeEndObject();
        }
        while (json.size() % Long.BYTES != 0) {
            json.write(' ');
        }
        put(json.size(), Long.BYTES);
        for (byte b : json.toByteArray()) {
            put(b, Byte.BYTES);
        }
    }

    private static void writeArray(JsonGenerator out, String field, List<Long> numbers) throws IOException {
        out.writeArrayFieldStart(field);
        for (long number : numbers) {
            out.writeNumber(number);
        }
        out.writeEndArray();
    }

    private void writeData(Tensor tensor) throws IOException {
        int width = tensor.dtype().bits() / Byte.SIZE;
        switch (tensor.dtype()) {
            case F16, BF16, F32 -> writeFloats(tensor, width);
            case F64 -> {
                for (double value : tensor.doubles()) {
                    put(Double.doubleToRawLongBits(value), width);
                }
            }
            default -> {
                for (long value : tensor.longs()) {
                    put(value, width);
                }
            }
        }
    }

    private void writeFloats(Tensor tensor, int width) throws IOException {
        float[] piece = new float[PIECE];
        for (long from = 0; from < tensor.size(); from += PIECE) {
            int count = (int) Math.min(PIECE, tensor.size() - from);
            tensor.read(from, piece, 0, count);
            for (int i = 0; i < count; i++) {
                put(switch (tensor.dtype()) {
                    case F16 -> Float.floatToFloat16(piece[i]);
                    case BF16 -> Float.floatToRawIntBits(piece[i]) >>> 16; // exact: the value was widened from 16 bits
                    default -> Float.floatToRawIntBits(piece[i]);
                }, width);
            }
        }
    }

    private void put(long bits, int width) throws IOException {
        if (buffer.remaining() < width) {
            flush();
        }
        switch (width) {
            case Byte.BYTES -> buffer.put((byte) bits);
            case Short.BYTES -> buffer.putShort((short) bits);
            case Integer.BYTES -> buffer.putInt((int) bits);
            default -> buffer.putLong(bits);
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
