package io.github.clip4j.image;

import io.github.clip4j.image.ImageException.Fault;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;

import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.plugins.tiff.TIFFDirectory;

/**
 * An image file of any size, read once from top to bottom and never held as a whole: sequential JPEG and PNG without
 * interlace row by row, TIFF by its own strips or rows of tiles. The pixels are those of {@link ImageDecoder}. Files of
 * another kind are decoded whole, within the decoder's default limits.
 */
public final class ImageStrips implements AutoCloseable {
    /** The largest width or height. */
    public static final int MAX_SIDE = 1 << 20;
    /** The largest width times height; it is that of the JDK's readers. */
    public static final long MAX_PIXELS = Integer.MAX_VALUE - 2;
    private static final Set<ImageFormat> IN_STRIPS = Set.of(ImageFormat.JPEG, ImageFormat.PNG, ImageFormat.TIFF);
    /** The largest strip of a TIFF, decoded. */
    private static final long MAX_STRIP_BYTES = 256 << 20;
    /** Rows of a TIFF to read at once, where its strips are lower. */
    private static final int ROWS = 64;
    /** Enough for all that precedes a JPEG's first scan. */
    private static final int HEADER_BYTES = 4 << 20;

    private final String name;
    private final ImageFormat format;
    private final byte[] header;
    private final FileStream stream;
    private final ImageReader reader;
    private final int width;
    private final int height;
    /** The image, if it is one to be decoded whole. */
    private final RgbImage whole;

    /**
     * Opens a file and reads its header; the whole file if it is one that cannot be read in strips.
     *
     * @throws ImageException naming the file, if it cannot be read, is no image, is broken or exceeds a limit
     */
    public static ImageStrips open(Path file) {
        return open(file, new ImageDecoder());
    }

    /** The same with a decoder, and so limits, for files that cannot be read in strips. */
    public static ImageStrips open(Path file, ImageDecoder decoder) {
        ImageDecoder.checkFile(file);
        try (InputStream input = Files.newInputStream(file)) {
            byte[] header = input.readNBytes(HEADER_BYTES);
            return new ImageStrips(file, ImageDecoder.format(header, file.toString()), header, decoder);
        } catch (IOException e) {
            throw new ImageException(file + ": cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    private ImageStrips(Path file, ImageFormat format, byte[] header, ImageDecoder decoder) throws IOException {
        this.name = file.toString();
        this.format = format;
        this.header = header;
        this.stream = new FileStream(file.toFile());
        this.reader = format.reader();
        try {
            boolean strips = inStrips();
            whole = strips ? null : decode(file, decoder);
            width = strips ? reader.getWidth(0) : whole.width();
            height = strips ? reader.getHeight(0) : whole.height();
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            ImageException failure = failure(e);
            close();
            throw failure;
        }
    }

    private boolean inStrips() throws IOException {
        if (!IN_STRIPS.contains(format) || BigTiff.is(header)
                || format == ImageFormat.TIFF && RawPhotograph.isTiff(header)) {
            return false;
        }
        reader.setInput(stream, format != ImageFormat.TIFF, true);
        try {
            checkSize(reader.getWidth(0), reader.getHeight(0));
        } catch (IOException e) {
            return false; // ImageDecoder mends some headers, and tells what is wrong with the others
        }
        return switch (format) {
            case JPEG -> Jpeg.isPlain(header);
            case PNG -> !Png.isInterlaced(header) && type().getSampleModel() instanceof ComponentSampleModel;
            default -> {
                TIFFDirectory directory = Tiff.directory(reader);
                Tiff.requireSupported(directory);
                yield Orientation.ofTiff(stream) == 1 && !TiffPredictor.isOurs(directory)
                        && stripBytes(directory) <= MAX_STRIP_BYTES;
            }
        };
    }

    private RgbImage decode(Path file, ImageDecoder decoder) {
        try {
            return decoder.decode(file);
        } catch (ImageException e) {
            String message = e.getMessage().substring(name.length() + 2);
            throw new ImageException(e.fault(), e.fault() == Fault.TOO_LARGE
                    ? message
                            + "; larger ones have to be a JPEG that is not progressive, a PNG of 8 or 16 bits that is not"
                            + " interlaced, or a TIFF in tiles or strips that is not turned"
                    : message, e);
        }
    }

    private static void checkSize(int width, int height) {
        if (width < 1 || height < 1) {
            throw new ImageException("is broken: it has %d x %d pixels".formatted(width, height));
        }
        if (width > MAX_SIDE || height > MAX_SIDE || (long) width * height > MAX_PIXELS) {
            throw new ImageException(Fault.TOO_LARGE,
                    "has %d x %d pixels, more than the limit of %d, or of %d on a side"
                            .formatted(width, height, MAX_PIXELS, MAX_SIDE));
        }
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /**
     * Reads the image, once: hands on strips of its whole width, each below the one before, together the whole height.
     *
     * @throws ImageException naming the file, if it is broken; what was handed on before may then be wrong
     */
    public void forEach(Consumer<RgbImage> strips) {
        if (whole != null) {
            strips.accept(whole);
            return;
        }
        try {
            switch (format) {
                case JPEG -> readRows(strips, RasterColors::toRgb);
                case PNG -> {
                    checkPng();
                    readRows(strips, (row, colors) -> Png.toRgb(header, row, colors));
                }
                default -> readTiff(strips);
            }
            if (stream.exhausted()) {
                throw new EOFException();
            }
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw failure(e);
        }
    }

    /** In a stream of its own: the reader has left behind what it has read. */
    private void checkPng() throws IOException {
        try (FileStream file = new FileStream(new File(name))) {
            Png.check(file);
        }
    }

    /** Samples to colours. */
    private interface Colors {
        RgbImage toRgb(Raster raster, ColorModel colors);
    }

    /**
     * The reader writes into an image whose rows all share the memory of one, because they are zero samples apart, and
     * tells when a row is complete.
     */
    private void readRows(Consumer<RgbImage> strips, Colors convert) throws IOException {
        ImageTypeSpecifier type = type();
        var row = (ComponentSampleModel) type.getSampleModel(width, 1);
        DataBuffer samples = row.createDataBuffer();
        var rows = new ComponentSampleModel(row.getDataType(), width, height, row.getPixelStride(), 0,
                row.getBandOffsets());
        ImageReadParam param = reader.getDefaultReadParam();
        param.setDestination(new BufferedImage(type.getColorModel(), Raster.createWritableRaster(rows, samples, null),
                type.getColorModel().isAlphaPremultiplied(), null));
        Raster complete = Raster.createRaster(row, samples, null);
        reader.addIIOReadUpdateListener(
                (RowListener) () -> strips.accept(convert.toRgb(complete, type.getColorModel())));
        reader.read(0, param);
    }

    private void readTiff(Consumer<RgbImage> strips) throws IOException {
        TIFFDirectory directory = Tiff.directory(reader);
        int tile = Tiff.isCompressed(directory) ? Math.min(reader.getTileHeight(0), height) : 1;
        int rows = tile * Math.max(1, ROWS / tile);
        for (int y = 0; y < height; y += rows) {
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceRegion(new Rectangle(0, y, width, Math.min(rows, height - y)));
            strips.accept(Tiff.toRgb(directory, reader.read(0, param)));
        }
    }

    private ImageTypeSpecifier type() throws IOException {
        return reader.getImageTypes(0).next();
    }

    /** What has to be decoded at once: whole strips or tiles, unless they are not compressed. */
    private long stripBytes(TIFFDirectory directory) throws IOException {
        if (!Tiff.isCompressed(directory)) {
            return 0;
        }
        long samples = (long) Math.max(reader.getWidth(0), reader.getTileWidth(0)) * reader.getTileHeight(0);
        int bits = type().getColorModel().getPixelSize();
        return Math.multiplyExact(samples, Math.ceilDiv(bits, 8));
    }

    private ImageException failure(Throwable e) {
        return ImageDecoder.failure(e, name, format, stream.exhausted(), stream.length());
    }

    /** Releases the file. */
    @Override
    public void close() {
        if (reader != null) {
            reader.dispose();
        }
        try {
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": cannot be closed", e);
        }
    }
}
