package io.github.clip4j.webdataset;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells how a tar ended: two records of zeros are its mark, which the reader takes for granted. */
final class TrailingZeros extends FilterInputStream {
    private static final int RECORD = 512;

    /** How many bytes were read, and of these, up to the last one that is not zero. */
    private long position;
    private long end;

    TrailingZeros(InputStream content) {
        super(content);
    }

    /** Whether what was read last is the mark of an archive's end. */
    boolean endedWithMark() {
        long padded = Math.ceilDiv(end, RECORD) * RECORD;
        return position - padded >= 2 * RECORD;
    }

    @Override
    public int read() throws IOException {
        int value = in.read();
        if (value >= 0) {
            position++;
        }
        if (value > 0) {
            end = position;
        }
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        int last = count;
        while (last > 0 && bytes[offset + last - 1] == 0) {
            last--;
        }
        if (last > 0) {
            end = position + last;
        }
        position += Math.max(count, 0);
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(count);
        position += skipped;
        end = position;
        return skipped;
    }
}
