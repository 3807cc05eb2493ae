package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headers that the JDK's readers refuse although the pixels are sound. */
class HeaderTest {
    private static final int WINDOWS_HEADER_END = 14 + 40;

    private final ImageDecoder decoder = new ImageDecoder();

    @TempDir
    private Path folder;

    /** An application segment of a colour profile in parts. */
    private static byte[] profile(int part, int parts) {
        byte[] data = ("ICC_PROFILE\0" + (char) part + (char) parts + "no profile").getBytes();
        return ByteBuffer.allocate(4 + data.length).putShort((short) 0xffe2).putShort((short) (2 + data.length))
                .put(data).array();
    }

    private static byte[] insert(byte[] file, int at, byte[]... parts) {
        ByteArrayOutputStream longer = new ByteArrayOutputStream();
        longer.write(file, 0, at);
        for (byte[] part : parts) {
            longer.writeBytes(part);
        }
        longer.write(file, at, file.length - at);
        return longer.toByteArray();
    }

    @Test
    void damagedColourProfilesDoNotMatter() throws IOException {
        List<byte[][]> profiles = List.of(new byte[][]{profile(1, 1)}, new byte[][]{profile(1, 2), profile(1, 2)},
                new byte[][]{profile(2, 2)}, new byte[][]{profile(0, 0)}, new byte[][]{profile(3, 1), profile(1, 3)});
        for (String kind : List.of("gray.jpeg", "rgb.jpeg")) {
            byte[] file = TestImages.encoded().get(kind);
            byte[] expected = decoder.decode(file, kind).pixels();
            for (byte[][] profile : profiles) {
                byte[] longer = insert(file, 2, profile);
                assertArrayEquals(expected, decoder.decode(longer, kind).pixels());
                Path path = Files.write(folder.resolve(kind), longer);
                try (ImageStrips strips = ImageStrips.open(path)) {
                    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
                    strips.forEach(strip -> pixels.writeBytes(strip.pixels()));
                    assertArrayEquals(expected, pixels.toByteArray());
                }
            }
        }
    }

    /** The header of OS/2 2.x is that of Windows and 24 bytes more. */
    private static byte[] os2(byte[] bmp) {
        byte[] longer = insert(bmp, WINDOWS_HEADER_END, new byte[24]);
        ByteBuffer header = ByteBuffer.wrap(longer).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(10, header.getInt(10) + 24).putInt(14, 64);
        return longer;
    }

    @Test
    void os2HasALongerHeader() {
        for (String kind : List.of("gray.bmp", "rgb.bmp", "palette.bmp", "bilevel.bmp")) {
            byte[] file = TestImages.encoded().get(kind);
            byte[] os2 = os2(file);
            assertArrayEquals(decoder.decode(file, kind).pixels(), decoder.decode(os2, kind).pixels(), kind);
            os2[30] = 4;
            assertEquals(kind + ": is a BMP with OS/2's compression 4, which is not supported; save it without",
                    assertThrows(ImageException.class, () -> decoder.decode(os2, kind)).getMessage());
            for (int length = 20; length < 100; length++) {
                byte[] cut = Arrays.copyOf(os2(file), length);
                String message = assertThrows(ImageException.class, () -> decoder.decode(cut, kind)).getMessage();
                assertTrue(message.startsWith(kind + ": is a truncated BMP image"), message);
            }
        }
    }

    @Test
    void whatTheJdkDoesNotKnowIsNotCalledBroken() {
        byte[] file = TestImages.encoded().get("rgb.bmp").clone();
        file[14] = 16; // a header as short as OS/2 allows
        assertEquals(
                "bmp: is a BMP image of a kind that is not supported: New BMP version not implemented yet.",
                assertThrows(ImageException.class, () -> decoder.decode(file, "bmp")).getMessage());
    }
}
