package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Fields of a TIFF beside those of its pixels: how it was held in any type, and what is not as it should be. */
class TiffFieldsTest {
    private static final byte[] PIXELS = {1, 2, 3, 4, 5, 6};
    private static final int PIXELS_AT = 300;

    @TempDir
    private Path folder;

    private record Field(int tag, int type, int count, int value) {
        void write(ByteBuffer file) {
            file.putShort((short) tag).putShort((short) type).putInt(count);
            int next = file.position() + 4;
            switch (type) {
                case 1, 2, 6, 7 -> file.put((byte) value);
                case 3, 8 -> file.putShort((short) value);
                case 11 -> file.putFloat(value);
                default -> file.putInt(value);
            }
            file.position(next);
        }
    }

    /** 3 x 2 levels of gray, with one field more. */
    private static byte[] tiff(ByteOrder order, Field more) {
        List<Field> fields = new ArrayList<>(List.of(new Field(256, 3, 1, 3), new Field(257, 3, 1, 2),
                new Field(258, 3, 1, 8), new Field(259, 3, 1, 1), new Field(262, 3, 1, 1),
                new Field(273, 4, 1, PIXELS_AT), new Field(277, 3, 1, 1), new Field(278, 3, 1, 2),
                new Field(279, 4, 1, PIXELS.length), more));
        fields.sort((a, b) -> Integer.compare(a.tag, b.tag));
        ByteBuffer file = ByteBuffer.allocate(PIXELS_AT + PIXELS.length).order(order)
                .put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes()).putShort((short) 42).putInt(8)
                .putShort((short) fields.size());
        fields.forEach(field -> field.write(file));
        return file.put(PIXELS_AT, PIXELS).array();
    }

    private static byte[] gray(int... levels) {
        ByteBuffer pixels = ByteBuffer.allocate(3 * levels.length);
        for (int level : levels) {
            pixels.put((byte) level).put((byte) level).put((byte) level);
        }
        return pixels.array();
    }

    private void assertShows(byte[] file, int width, byte[] pixels) throws IOException {
        RgbImage image = new ImageDecoder().decode(file, "tiff");
        assertEquals(width, image.width());
        assertArrayEquals(pixels, image.pixels());
        Path path = Files.write(folder.resolve("image.tiff"), file);
        try (ImageStrips strips = ImageStrips.open(path)) {
            assertEquals(width, strips.width());
            strips.forEach(strip -> assertArrayEquals(pixels, strip.pixels()));
        }
    }

    /** As Pillow 12.3 has it: numbers of any type but unsigned bytes, text and bytes of no meaning. */
    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "3,true", "4,true", "6,true", "7,false", "8,true", "9,true", "11,true",
            "13,true"})
    void orientationIsANumberOfAnyType(int type, boolean turned) throws IOException {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            byte[] file = tiff(order, new Field(274, type, 1, 6));
            assertShows(file, turned ? 2 : 3, turned ? gray(4, 1, 5, 2, 6, 3) : gray(1, 2, 3, 4, 5, 6));
        }
    }

    @Test
    void xmpTellsWhatTheTagDoesNot() throws IOException {
        byte[] xmp = "<rdf:Description tiff:Orientation=\"6\"/>".getBytes(StandardCharsets.US_ASCII);
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            byte[] file = tiff(order, new Field(700, 4, xmp.length, PIXELS_AT + PIXELS.length));
            byte[] whole = Arrays.copyOf(file, file.length + xmp.length);
            System.arraycopy(xmp, 0, whole, file.length, xmp.length);
            assertShows(whole, 2, gray(4, 1, 5, 2, 6, 3));
            assertShows(file, 3, gray(1, 2, 3, 4, 5, 6)); // which ends before it
        }
    }

    /** Tags that the JDK's reader knows, none of which says what the pixels are. */
    static Stream<Integer> others() {
        return Stream.of(254, 255, 269, 270, 271, 272, 274, 280, 281, 282, 283, 285, 286, 287, 296, 297, 305, 306, 315,
                316, 318, 319, 33432, 34665, 34853);
    }

    @ParameterizedTest
    @MethodSource("others")
    void faultsOfOtherFieldsDoNotMatter(int tag) throws IOException {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            for (int type = 1; type <= 13; type++) {
                for (int count : new int[]{0, 3, 22, Integer.MAX_VALUE, -1}) { // of too many and of none
                    assertShows(tiff(order, new Field(tag, type, count, 200)), 3, gray(1, 2, 3, 4, 5, 6));
                }
            }
        }
    }
}
