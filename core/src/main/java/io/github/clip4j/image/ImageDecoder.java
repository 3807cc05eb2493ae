package io.github.clip4j.image;

import io.github.clip4j.image.ImageException.Fault;
import io.github.clip4j.image.webp.WebP;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import javax.imageio.ImageReader;

/**
 * Decodes JPEG, PNG, GIF, BMP, TIFF and lossy WebP, and lossless WebP where an ImageIO plugin for it is on the class
 * path, to the RGB that Pillow's {@code Image.open(file).convert("RGB")} gives: the first frame or page, transparency
 * dropped, colour profiles ignored, Exif orientation ignored unless {@link #withExifOrientation} says otherwise.
 * Cameras' raw files are shown by the largest JPEG in them. Whatever is wrong with a file, the outcome is an {@link
 * ImageException} of one line. Immutable and safe to share between threads.
 */
public final class ImageDecoder {
    /** The number of pixels above which Pillow refuses an image. */
    public static final long DEFAULT_MAX_PIXELS = 178_956_970;
    /** 256 MiB, the size of a file in bytes. */
    public static final long DEFAULT_MAX_BYTES = 256L << 20;

    private static final Pattern NAME = Pattern
            .compile("(?is).*\\.(jpe?g|png|gif|bmp|tiff?|webp|cr2|cr3|nef|arw|dng|raf|orf|rw2|pef)");

    private final long maxPixels;
    private final long maxBytes;
    private final boolean exifOrientation;

    /** A decoder with the default limits. */
    public ImageDecoder() {
        this(DEFAULT_MAX_PIXELS, DEFAULT_MAX_BYTES);
    }

    /**
     * @param maxPixels the largest width times height, checked before memory is allocated for pixels
     * @param maxBytes the largest file, checked before it is read
     */
    public ImageDecoder(long maxPixels, long maxBytes) {
        this(maxPixels, maxBytes, false);
    }

    private ImageDecoder(long maxPixels, long maxBytes, boolean exifOrientation) {
        this.maxPixels = maxPixels;
        this.maxBytes = maxBytes;
        this.exifOrientation = exifOrientation;
    }

    /**
     * A decoder with the same limits that turns images as Exif says, in JPEG, PNG and WebP, so that they are as people
     * see them: what Pillow's {@code ImageOps.exif_transpose} gives. CLIP's own pre-processing does not; TIFF is turned
     * by both.
     */
    public ImageDecoder withExifOrientation(boolean turned) {
        return new ImageDecoder(maxPixels, maxBytes, turned);
    }

    /** Whether a file is named as images are that are decoded here. */
    public static boolean isImageName(Path file) {
        return NAME.matcher(file.getFileName().toString()).matches();
    }

    /**
     * Reads and decodes a file.
     *
     * @throws ImageException naming the file, if it cannot be read, is no image, is broken or exceeds a limit
     */
    public RgbImage decode(Path file) {
        return decode(read(file), file.toString());
    }

    /**
     * Reads a file for {@link #decode(byte[], String)}.
     *
     * @throws ImageException naming the file, if it cannot be read or exceeds the limit
     */
    public byte[] read(Path file) {
        String name = file.toString();
        checkFile(file);
        try (InputStream input = Files.newInputStream(file)) {
            checkBytes(Files.size(file), name);
            return read(input, name);
        } catch (IOException e) {
            throw new ImageException(name + ": cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /**
     * Reads a stream to its end for {@link #decode(byte[], String)}.
     *
     * @param name for messages
     * @throws ImageException naming it, if it cannot be read or exceeds the limit
     */
    public byte[] read(InputStream input, String name) {
        try {
            // one byte more than allowed tells what is too long
            byte[] content = input.readNBytes((int) Math.min(maxBytes, Integer.MAX_VALUE - 9) + 1);
            checkBytes(content.length, name);
            return content;
        } catch (IOException e) {
            throw new ImageException(name + ": cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /**
     * Decodes the content of an image file.
     *
     * @param name the file or address it came from, for messages
     * @throws ImageException naming {@code name}, if it is no image, is broken or exceeds a limit
     */
    public RgbImage decode(byte[] content, String name) {
        checkBytes(content.length, name);
        ImageFormat format = format(content, name);
        if (format == ImageFormat.RAW || format == ImageFormat.TIFF && RawPhotograph.isTiff(content)) {
            return decodeRaw(content, name);
        }
        RgbImage image = switch (format) {
            case WEBP -> decode(content, name, format, this::decodeWebp);
            case GIF -> decode(content, name, format, this::decodeGif);
            default -> decode(content, name, format);
        };
        return exifOrientation ? Orientation.turn(Orientation.of(content, format), image) : image;
    }

    private RgbImage decodeRaw(byte[] content, String name) {
        byte[] preview;
        try {
            preview = RawPhotograph.preview(content);
        } catch (ImageException | OutOfMemoryError e) {
            throw failure(e, name, ImageFormat.RAW, false, content.length);
        }
        RgbImage image = decode(preview, name, ImageFormat.JPEG);
        return exifOrientation ? Orientation.turn(RawPhotograph.orientation(content, preview), image) : image;
    }

    private RgbImage decode(byte[] file, String name, ImageFormat format) {
        ImageReader reader = format.reader();
        ContentStream stream = new ContentStream(file);
        try {
            byte[] content = asTheJdkReadsIt(file, format);
            stream = new ContentStream(content);
            reader.setInput(stream, true, true);
            RgbImage image = decode(format, content, reader);
            if (stream.exhausted()) { // JPEG's decoder makes up what is missing
                throw new EOFException();
            }
            return image;
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw failure(e, name, format, stream.exhausted(), file.length);
        } finally {
            reader.dispose();
        }
    }

    private static byte[] asTheJdkReadsIt(byte[] file, ImageFormat format) throws IOException {
        return switch (format) {
            case BMP -> Bmp.windows(file);
            case JPEG -> Jpeg.withoutProfile(file);
            case TIFF -> BigTiff.classic(file);
            default -> file;
        };
    }

    /** A decoder of this project's own. */
    @FunctionalInterface
    private interface Own {
        RgbImage decode(byte[] content) throws IOException;
    }

    private static RgbImage decode(byte[] content, String name, ImageFormat format, Own decoder) {
        try {
            return decoder.decode(content);
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw failure(e, name, format, false, content.length);
        }
    }

    private RgbImage decodeGif(byte[] content) throws IOException {
        Gif gif = new Gif(content);
        checkPixels(gif.width(), gif.height());
        return gif.decode();
    }

    private RgbImage decodeWebp(byte[] content) throws IOException {
        WebP webp = WebP.read(content);
        checkPixels(webp.width(), webp.height());
        return webp.isLossy() ? webp.decode() : webp.place(decodeLossless(webp));
    }

    private static RgbImage decodeLossless(WebP webp) throws IOException {
        ImageReader reader = ImageFormat.WEBP.reader();
        if (reader == null) {
            throw new ImageException(
                    "no decoder for lossless WebP; put an ImageIO plugin for it on the class path, such "
                            + "as com.twelvemonkeys.imageio:imageio-webp");
        }
        try {
            reader.setInput(new ContentStream(webp.alone()), true, true);
            return RasterColors.toRgb(reader.read(0));
        } finally {
            reader.dispose();
        }
    }

    /** @throws ImageException if there is no such file */
    static void checkFile(Path file) {
        if (Files.isDirectory(file)) {
            throw new ImageException(file + ": is a folder, expected an image file");
        }
        if (!Files.exists(file)) {
            throw new ImageException(file + ": there is no such file");
        }
    }

    /**
     * The format of a file.
     *
     * @param start its first bytes, 64 or more where it has as many
     * @throws ImageException naming {@code name}, if it is none of those that are decoded
     */
    static ImageFormat format(byte[] start, String name) {
        if (start.length == 0) {
            throw new ImageException(Fault.NOT_AN_IMAGE, name + ": is empty, expected an image");
        }
        ImageFormat format = ImageFormat.of(start);
        if (format == null) {
            throw new ImageException(Fault.NOT_AN_IMAGE,
                    "%s: is %s, expected a JPEG, PNG, GIF, BMP, TIFF or WebP image".formatted(name,
                            ImageFormat.describe(start)));
        }
        return format;
    }

    /** What to throw for what a reader threw; {@code exhausted} if it wanted more than the file's {@code bytes}. */
    static ImageException failure(Throwable e, String name, ImageFormat format, boolean exhausted, long bytes) {
        if (e instanceof ImageException known) {
            return new ImageException(known.fault(), name + ": " + e.getMessage(), e);
        }
        if (e instanceof OutOfMemoryError) {
            return new ImageException(Fault.TOO_LARGE,
                    name + ": needs more memory than the Java heap has; raise -Xmx", e);
        }
        if (exhausted || e instanceof EOFException) {
            return new ImageException(Fault.BROKEN,
                    "%s: is a truncated %s image: it ends after %d bytes".formatted(name, format, bytes), e);
        }
        return isUnsupported(e)
                ? new ImageException(Fault.NOT_AN_IMAGE,
                        "%s: is a %s image of a kind that is not supported: %s".formatted(name, format, reason(e)), e)
                : new ImageException(Fault.BROKEN,
                        "%s: is a broken %s image: %s".formatted(name, format, reason(e)), e);
    }

    /** Whether a decoder of the JDK says that it knows no such image, and not that something is wrong with it. */
    private static boolean isUnsupported(Throwable e) {
        return reason(e).matches("(?i).*(not supported|unsupported|not implemented).*");
    }

    private RgbImage decode(ImageFormat format, byte[] content, ImageReader reader) throws IOException {
        if (format == ImageFormat.JPEG) {
            Jpeg.requireSupported(content);
        }
        checkPixels(reader.getWidth(0), reader.getHeight(0));
        return switch (format) {
            case JPEG -> Jpeg.toRgb(content, reader.readRaster(0, null));
            case PNG -> {
                Png.check(new ContentStream(content));
                BufferedImage image = reader.read(0);
                yield Png.toRgb(content, image.getRaster(), image.getColorModel());
            }
            case TIFF -> Tiff.toRgb(reader, content);
            default -> RasterColors.toRgb(reader.read(0));
        };
    }

    private void checkBytes(long bytes, String name) {
        if (bytes > maxBytes) {
            throw new ImageException(Fault.TOO_LARGE,
                    "%s: has %d bytes, more than the limit of %d".formatted(name, bytes, maxBytes));
        }
    }

    private void checkPixels(int width, int height) {
        if ((long) width * height > maxPixels) {
            throw new ImageException(Fault.TOO_LARGE,
                    "has %d x %d pixels, more than the limit of %d".formatted(width, height, maxPixels));
        }
    }

    /** A decoder's message on one line, which some give none of. */
    private static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().replaceAll("\\s+", " ");
    }
}
