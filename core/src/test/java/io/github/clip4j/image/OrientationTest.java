package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the orientation is noted, and which note counts: as in Pillow 12.3, by 560 files. */
class OrientationTest {
    private static final String RAW = "Raw profile type exif";
    private static final String XMP = "XML:com.adobe.xmp";

    /** @param orientation null for a block that has none */
    private static byte[] exif(Integer orientation) {
        ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 12 + 4).put("MM".getBytes()).putShort((short) 42).putInt(8);
        tiff.putShort((short) 1).putShort((short) (orientation == null ? 256 : 274)).putShort((short) 3).putInt(1);
        return tiff.putShort((short) (orientation == null ? 3 : orientation)).array();
    }

    private static byte[] xmp(int orientation) {
        return "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:Description tiff:Orientation=\"%d\"/></x:xmpmeta>"
                .formatted(orientation).getBytes(ISO_8859_1);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] chunk(String name, byte[] data, ByteOrder order) {
        ByteBuffer length = ByteBuffer.allocate(4).order(order).putInt(0, data.length);
        byte[] type = name.getBytes(ISO_8859_1);
        return order == ByteOrder.BIG_ENDIAN
                ? join(length.array(), type, data, new byte[4])
                : join(type, length.array(), data, new byte[data.length % 2]);
    }

    private static byte[] text(String kind, String keyword, byte[] text) {
        byte[] start = (keyword + "\0").getBytes(ISO_8859_1);
        return chunk(kind.substring(0, 4), switch (kind) {
            case "tEXt" -> join(start, text);
            case "zTXt" -> join(start, new byte[1], deflated(text));
            case "iTXt" -> join(start, new byte[4], text);
            default -> join(start, new byte[]{1, 0, 'e', 'n', 0, 'k', 0}, deflated(text)); // iTXt, deflated
        }, ByteOrder.BIG_ENDIAN);
    }

    private static byte[] deflated(byte[] text) {
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(text);
            deflater.finish();
            byte[] deflated = new byte[text.length + 100];
            int length = deflater.deflate(deflated);
            return ByteBuffer.allocate(length).put(deflated, 0, length).array();
        }
    }

    private static int ofPng(byte[]... chunks) {
        return Orientation.of(join(new byte[8], join(chunks)), ImageFormat.PNG);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"-,-,1", "-,6,6", "-,0,1", "-,9,1", "none,8,8", "1,6,1", "3,6,3", "9,6,1",
            "6,-,6", "none,-,1"})
    void exifCountsBeforeXmp(String exif, Integer xmp, int expected) {
        byte[] block = exif == null ? null : exif(exif.equals("none") ? null : Integer.valueOf(exif));
        byte[] start = {(byte) 0xff, (byte) 0xd8};
        byte[] jpeg = join(start, block == null ? new byte[0] : segment(join("Exif\0\0".getBytes(), block)),
                xmp == null ? new byte[0] : segment(join("http://ns.adobe.com/xap/1.0/\0".getBytes(), xmp(xmp))));
        assertEquals(expected, Orientation.of(jpeg, ImageFormat.JPEG));
        byte[] webp = chunk("RIFF", join("WEBP".getBytes(), chunk("VP8 ", new byte[6], ByteOrder.LITTLE_ENDIAN),
                block == null ? new byte[0] : chunk("EXIF", block, ByteOrder.LITTLE_ENDIAN),
                xmp == null ? new byte[0] : chunk("XMP ", xmp(xmp), ByteOrder.LITTLE_ENDIAN)),
                ByteOrder.LITTLE_ENDIAN);
        assertEquals(expected, Orientation.of(webp, ImageFormat.WEBP));
        for (String kind : List.of("tEXt", "zTXt", "iTXt", "iTXt deflated")) {
            byte[] text = xmp == null ? new byte[0] : text(kind, XMP, xmp(xmp));
            byte[] chunk = block == null ? new byte[0] : chunk("eXIf", block, ByteOrder.BIG_ENDIAN);
            assertEquals(expected, ofPng(chunk, text), kind);
            byte[] raw = block == null ? new byte[0] : text(kind, RAW, digits(block));
            assertEquals(expected, ofPng(raw, text), kind);
        }
    }

    private static byte[] segment(byte[] data) {
        return ByteBuffer.allocate(4 + data.length).putShort((short) 0xffe1).putShort((short) (2 + data.length))
                .put(data).array();
    }

    private static byte[] digits(byte[] exif) {
        byte[] block = join("Exif\0\0".getBytes(), exif);
        String digits = HexFormat.of().formatHex(block).replaceAll("(.{72})", "$1\n");
        return "\nexif\n%8d\n%s\n".formatted(block.length, digits).getBytes(ISO_8859_1);
    }

    @Test
    void anElementOfXmpIsAsGoodAsAnAttribute() {
        assertEquals(5, ofPng(text("iTXt", XMP, "<tiff:Orientation>5</tiff:Orientation>".getBytes())));
    }

    @Test
    void whatIsDamagedCountsAsMissing() {
        byte[] good = text("iTXt", XMP, xmp(6));
        byte[] deflated = text("zTXt", XMP, xmp(3));
        deflated[8 + XMP.length() + 5] ^= 0x55;
        assertEquals(1, ofPng(good, deflated));
        assertEquals(6, ofPng(text("tEXt", RAW, "\nexif\n 3\nzz".getBytes()), good));
        assertEquals(6, ofPng(text("tEXt", RAW, "exif".getBytes()), good));
        assertEquals(6, ofPng(text("zTXt", RAW, new byte[0]), good));
        byte[] bomb = text("zTXt", XMP, join(new byte[2 << 20], xmp(6)));
        assertEquals(1, ofPng(bomb));
        byte[] all = join(new byte[8], text("iTXt deflated", RAW, digits(exif(6))), good);
        for (int length = 0; length < all.length - 4; length++) {
            int found = Orientation.of(ByteBuffer.allocate(length).put(all, 0, length).array(), ImageFormat.PNG);
            assertTrue(found == 1 || found == 6, length + " bytes: " + found);
        }
    }
}
