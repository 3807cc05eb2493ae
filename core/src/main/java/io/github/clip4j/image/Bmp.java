package io.github.clip4j.image;

import io.github.clip4j.image.ImageException.Fault;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * BMP of OS/2 2.x as one of Windows 3: the JDK's reader knows only the latter's header, 40 bytes, which is what the
 * former's 64 begin with.
 */
final class Bmp {
    private static final int FILE_HEADER = 14;
    private static final int OS2_HEADER = 64;
    private static final int WINDOWS_HEADER = 40;
    private static final int PIXELS_OFFSET = 10;
    private static final int COMPRESSION = FILE_HEADER + 16;
    /** None, and run-length of 8 and of 4 bits; further ones mean one thing to OS/2 and another to Windows. */
    private static final int LAST_COMMON_COMPRESSION = 2;

    private Bmp() {}

    /** @throws ImageException without the file's name, if it is compressed in a way of OS/2's own */
    static byte[] windows(byte[] content) throws EOFException {
        ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (content.length < FILE_HEADER + 4 || file.getInt(FILE_HEADER) != OS2_HEADER) {
            return content;
        }
        if (content.length < FILE_HEADER + OS2_HEADER) {
            throw new EOFException();
        }
        int compression = file.getInt(COMPRESSION);
        if (compression < 0 || compression > LAST_COMMON_COMPRESSION) {
            throw new ImageException(Fault.NOT_AN_IMAGE,
                    "is a BMP with OS/2's compression " + compression + ", which is not supported; save it without");
        }
        int less = OS2_HEADER - WINDOWS_HEADER;
        byte[] shorter = Arrays.copyOf(content, content.length - less);
        int rest = FILE_HEADER + WINDOWS_HEADER;
        System.arraycopy(content, rest + less, shorter, rest, shorter.length - rest);
        ByteBuffer.wrap(shorter).order(ByteOrder.LITTLE_ENDIAN).putInt(FILE_HEADER, WINDOWS_HEADER)
                .putInt(PIXELS_OFFSET, file.getInt(PIXELS_OFFSET) - less);
        return shorter;
    }
}
