package io.github.clip4j.cli.vectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.search.ImageIndexWriter;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NumPy's format, versions 1 to 3 (numpy.lib.format): float32 [n, d] in C order, and beside it a line of JSON a row. */
final class NpyReader implements EmbeddingReader {
    private static final String MAGIC = "\u0093NUMPY";
    private static final int MAX_HEADER = 1 << 16;
    private static final Pattern HEADER = Pattern.compile(
            "\\{\\s*'descr':\\s*'([^']*)',\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([^)]*)\\),?\\s*}\\s*");
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,12}), (\\d{1,12})");

    private final Path file;
    private final DataInputStream data;
    private final JsonLinesReader names;
    private final long rows;
    private final ByteBuffer vector;
    private long row;

    NpyReader(Path file) {
        this.file = file;
        Path lines = NpyWriter.namesFile(file);
        if (!Files.isRegularFile(lines)) {
            throw new DataException(file + ": there is no file " + lines + " with a line of JSON for each row");
        }
        try {
            this.data = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
            try {
                long[] shape = shape();
                this.rows = shape[0];
                this.vector = ByteBuffer.allocate((int) shape[1] * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                this.names = new JsonLinesReader(lines, false);
            } catch (Throwable e) {
                data.close();
                throw e;
            }
        } catch (EOFException e) {
            throw new DataException(file + ": ends within its header, expected a .npy file", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e, e);
        }
    }

    /** Reads the header. */
    private long[] shape() throws IOException {
        byte[] start = new byte[8];
        data.readFully(start);
        if (!new String(start, 0, 6, ISO_8859_1).equals(MAGIC) || start[6] < 1 || start[6] > 3) {
            throw new DataException(file + ": expected a .npy file of version 1 to 3");
        }
        int width = start[6] == 1 ? Short.BYTES : Integer.BYTES;
        int length = start[6] == 1
                ? Short.toUnsignedInt(Short.reverseBytes(data.readShort()))
                : Integer.reverseBytes(data.readInt());
        if (length < 0 || length > MAX_HEADER) {
            throw new DataException(file + ": expected a header of at most " + MAX_HEADER + " bytes, found "
                    + Integer.toUnsignedString(length));
        }
        byte[] header = new byte[length];
        data.readFully(header);
        Matcher fields = HEADER.matcher(new String(header, ISO_8859_1));
        if (!fields.matches()) {
            throw new DataException(file + ": has a header without descr, fortran_order and shape");
        }
        if (!fields.group(1).equals("<f4") || fields.group(2).equals("True")) {
            throw new DataException("%s: is of type %s in %s order, expected <f4 (float32) in C order".formatted(file,
                    fields.group(1), fields.group(2).equals("True") ? "Fortran" : "C"));
        }
        Matcher shape = SHAPE.matcher(fields.group(3));
        if (!shape.matches() || Long.parseLong(shape.group(2)) > ImageIndexWriter.MAX_DIMENSION) {
            throw new DataException("%s: has the shape (%s), expected (n, d) with d up to %d".formatted(file,
                    fields.group(3), ImageIndexWriter.MAX_DIMENSION));
        }
        long n = Long.parseLong(shape.group(1));
        long d = Long.parseLong(shape.group(2));
        long expected = start.length + width + length + n * d * Float.BYTES;
        if (Files.size(file) != expected) {
            throw new DataException("%s: has %d bytes, expected %d for the shape (%d, %d)".formatted(file,
                    Files.size(file), expected, n, d));
        }
        return new long[]{n, d};
    }

    @Override
    public IndexRow next() {
        IndexRow read = names.next();
        if ((read == null) != (row == rows)) {
            throw new DataException("%s: has %s lines than the %d rows of %s".formatted(NpyWriter.namesFile(file),
                    read == null ? "fewer" : "more", rows, file));
        }
        if (read == null) {
            return null;
        }
        row++;
        float[] embedding = new float[vector.capacity() / Float.BYTES];
        try {
            data.readFully(vector.array());
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e, e);
        }
        vector.asFloatBuffer().get(embedding);
        return read.with(read.image().path(), read.model(), embedding);
    }

    @Override
    public void close() {
        names.close();
        try {
            data.close();
        } catch (IOException e) {
            throw new DataException(file + ": cannot be closed: " + e, e);
        }
    }
}
