package io.github.clip4j.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.clip4j.image.webp.WebP;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.stream.ImageInputStream;

/**
 * How a picture is to be turned: 1 to 8 as TIFF 6.0 has them, 1 where nothing is noted. It is noted in Exif, or if that
 * does not say, in XMP ({@code tiff:Orientation}); ImageMagick keeps Exif as hexadecimal digits in a text of a PNG.
 * Where and in which order: Pillow 12.3, {@code Image.getexif}.
 */
final class Orientation {
    private static final Pattern XMP = Pattern.compile("tiff:Orientation(=\"|>)([0-9])");
    private static final int MAX_XMP_BYTES = 16 << 20;
    private static final int LINES_BEFORE_DIGITS = 3;

    private Orientation() {}

    /** Of any format but TIFF, which is turned in any case. */
    static int of(byte[] content, ImageFormat format) {
        return switch (format) {
            case JPEG -> noted(Jpeg.exif(content), () -> Jpeg.xmp(content));
            case PNG -> noted(PngChunks.last(content, "eXIf")
                    .or(() -> PngChunks.lastText(content, "Raw profile type exif").flatMap(Orientation::bytes)),
                    () -> PngChunks.lastText(content, "XML:com.adobe.xmp"));
            case WEBP -> noted(WebP.chunk(content, "EXIF"), () -> WebP.chunk(content, "XMP "));
            default -> 1;
        };
    }

    /** Of what begins as a TIFF does. */
    static int ofTiff(byte[] content) {
        Exif exif = Exif.of(ByteBuffer.wrap(content));
        Exif.Part xmp = exif.xmp();
        return exif.orientation().orElseGet(() -> xmp.from() + xmp.bytes() > content.length
                ? 1
                : ofXmp(ByteBuffer.wrap(content, (int) xmp.from(), (int) xmp.bytes())));
    }

    /** Of a TIFF of any size, which is left as it stands. */
    static int ofTiff(ImageInputStream file) throws IOException {
        ByteOrder before = file.getByteOrder();
        file.mark();
        try {
            file.seek(0);
            file.setByteOrder(Exif.order(file.read()));
            file.seek(Exif.DIRECTORY_OFFSET);
            file.seek(file.readUnsignedInt());
            byte[] entries = new byte[file.readUnsignedShort() * Exif.ENTRY_BYTES];
            file.readFully(entries);
            Exif exif = new Exif(ByteBuffer.wrap(entries).order(file.getByteOrder()));
            Exif.Part xmp = exif.xmp();
            if (exif.orientation().isPresent() || xmp.bytes() > MAX_XMP_BYTES
                    || xmp.from() + xmp.bytes() > file.length()) {
                return exif.orientation().orElse(1);
            }
            byte[] text = new byte[(int) xmp.bytes()];
            file.seek(xmp.from());
            file.readFully(text);
            return ofXmp(ByteBuffer.wrap(text));
        } finally {
            file.setByteOrder(before);
            file.reset();
        }
    }

    private static int noted(Optional<ByteBuffer> exif, Supplier<Optional<ByteBuffer>> xmp) {
        return exif.map(block -> Exif.of(block).orientation()).orElse(OptionalInt.empty())
                .orElseGet(() -> xmp.get().map(Orientation::ofXmp).orElse(1));
    }

    private static int ofXmp(ByteBuffer text) {
        Matcher orientation = XMP.matcher(ISO_8859_1.decode(text));
        int value = orientation.find() ? orientation.group(2).charAt(0) - '0' : 1;
        return value >= 1 && value <= 8 ? value : 1;
    }

    /** Of ImageMagick's digits, which follow an empty line, a name and a length. */
    private static Optional<ByteBuffer> bytes(ByteBuffer profile) {
        String[] lines = ISO_8859_1.decode(profile).toString().split("\n", LINES_BEFORE_DIGITS + 1);
        try {
            return lines.length <= LINES_BEFORE_DIGITS
                    ? Optional.empty()
                    : Optional.of(ByteBuffer.wrap(HexFormat.of()
                            .parseHex(lines[LINES_BEFORE_DIGITS].replaceAll("\\s", ""))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The image as it is to be seen, from an orientation of 2 to 8; any other leaves it as it is. */
    static RgbImage turn(int orientation, RgbImage stored) {
        if (orientation < 2 || orientation > 8) {
            return stored;
        }
        boolean transposed = orientation >= 5;
        boolean mirrored = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean flipped = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int width = transposed ? stored.height() : stored.width();
        int height = transposed ? stored.width() : stored.height();
        byte[] pixels = new byte[stored.pixels().length];
        for (int y = 0, o = 0; y < height; y++) {
            for (int x = 0; x < width; x++, o += 3) {
                int column = transposed ? y : x;
                int row = transposed ? x : y;
                column = mirrored ? stored.width() - 1 - column : column;
                row = flipped ? stored.height() - 1 - row : row;
                System.arraycopy(stored.pixels(), 3 * (row * stored.width() + column), pixels, o, 3);
            }
        }
        return new RgbImage(width, height, pixels);
    }
}
