package io.github.clip4j.cli.vectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.OutputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** NumPy's format, version 1.0 (numpy.lib.format): float32 [n, d] in C order, written row by row. */
final class NpyArray implements AutoCloseable {
    /** Bytes before the data; the format asks for a multiple of 64, and the longest header has fewer. */
    private static final int HEADER = 128;

    private final Path file;
    private final OutputFile array;
    private int rows;
    private int dimension;

    NpyArray(Path file) {
        this.file = file;
        this.array = new OutputFile(file);
        array.append(ByteBuffer.allocate(HEADER)); // the number of rows is known at the end
    }

    void add(float[] embedding) {
        ByteBuffer vector = ByteBuffer.allocate(embedding.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        vector.asFloatBuffer().put(embedding);
        array.append(vector);
        dimension = embedding.length;
        rows++;
    }

    int rows() {
        return rows;
    }

    /** Puts the file in its place. */
    void finish() {
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
        array.commit();
    }

    @Override
    public void close() {
        array.close();
    }
}
