package io.github.clip4j.image;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file's content for an image reader. It remembers whether the reader wanted more than there is: some readers fill
 * up a truncated image in silence.
 */
final class ContentStream extends ImageInputStreamImpl {
    private final byte[] content;
    private boolean exhausted;

    ContentStream(byte[] content) {
        this.content = content;
    }

    /** Whether anything was read, or tried to be read, past the end. */
    boolean exhausted() {
        return exhausted;
    }

    @Override
    public int read() {
        bitOffset = 0;
        if (streamPos >= content.length) {
            exhausted = true;
            return -1;
        }
        return content[(int) streamPos++] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        int count = (int) Math.min(length, content.length - streamPos);
        if (count <= 0) {
            exhausted = true;
            return -1;
        }
        System.arraycopy(content, (int) streamPos, target, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return content.length;
    }
}
