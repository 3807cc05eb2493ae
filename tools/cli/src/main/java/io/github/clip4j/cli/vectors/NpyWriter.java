package io.github.clip4j.cli.vectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.OutputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/**
 * NumPy's format, version 1.0 (numpy.lib.format): float32 [n, d] in C order. What is known of the rows goes to
 * {@code X.names.jsonl} beside {@code X.npy}, a line each.
 */
public final class NpyWriter implements EmbeddingWriter {
    /** Bytes before the data; the format asks for a multiple of 64, and the longest header has fewer. */
    private static final int HEADER = 128;

    private final Path file;
    private final OutputFile array;
    private final OutputFile names;
    private final Row row;
    private int rows;
    private int dimension;

    NpyWriter(Path file, String key, Map<String, String> notes) {
        this.file = file;
        this.row = new Row(key, notes);
        this.array = new OutputFile(file);
        this.names = new OutputFile(namesFile(file));
        array.append(ByteBuffer.allocate(HEADER)); // the number of rows is known at the end
    }

    public static Path namesFile(Path file) {
        return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.npy$", ".names.jsonl"));
    }

    @Override
    public void add(String name, Json.Fields details, float[] embedding) {
        ByteBuffer vector = ByteBuffer.allocate(embedding.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        vector.asFloatBuffer().put(embedding);
        array.append(vector);
        names.append(Json.line(Json.object(object -> row.write(name, details, object))));
        dimension = embedding.length;
        rows++;
    }

    @Override
    public void finish() {
        String shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + dimension + "), }";
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put("\u0093NUMPY\1\0".getBytes(ISO_8859_1)).putShort((short) (HEADER - 10));
        header.put(shape.getBytes(ISO_8859_1));
        while (header.remaining() > 1) {
            header.put((byte) ' ');
        }
        header.put((byte) '\n').flip();
        try {
            array.channel().write(header, 0);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
        }
        names.commit();
        array.commit();
    }

    @Override
    public void close() {
        array.close();
        names.close();
    }
}
