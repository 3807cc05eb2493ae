package io.github.clip4j.image;

import java.io.File;
import java.io.IOException;

import javax.imageio.stream.FileImageInputStream;

/** A file for an image reader, as {@link ContentStream} is for content: it remembers whether the reader wanted more. */
final class FileStream extends FileImageInputStream {
    private boolean exhausted;

    FileStream(File file) throws IOException {
        super(file);
    }

    /** Whether anything was read, or tried to be read, past the end. */
    boolean exhausted() {
        return exhausted;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        exhausted |= value < 0;
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        exhausted |= count < 0;
        return count;
    }
}
