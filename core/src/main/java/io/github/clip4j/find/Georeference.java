package io.github.clip4j.find;

import io.github.clip4j.image.ImageException;
import java.awt.geom.AffineTransform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.GeoTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * Where on a map an image lies, from the tags of a GeoTIFF or else from a world file beside the image. Sources: OGC
 * GeoTIFF 1.1, and ESRI's description of world files.
 */
public final class Georeference {
    private static final int WORLD_FILE_NUMBERS = 6;
    private static final int WORLD_FILE_BYTES = 4096;
    private static final int RASTER_TYPE_KEY = 1025;
    private static final int PIXEL_IS_POINT = 2;

    private Georeference() {}

    /**
     * From pixels to map coordinates, in the units of the image's own reference system; (0, 0) is the upper left corner
     * of the first pixel. Empty where nothing tells them.
     *
     * @throws ImageException naming the file, if what is there is malformed
     */
    public static Optional<AffineTransform> of(Path image) {
        Optional<AffineTransform> tags = geoTiff(image);
        return tags.isPresent()
                ? tags
                : worldFiles(image).stream().filter(Files::isRegularFile).findFirst().map(Georeference::worldFile);
    }

    /** {@code image.jgw}, {@code image.jpgw} and {@code image.wld} for {@code image.jpg}, small or capital. */
    private static List<Path> worldFiles(Path image) {
        String name = image.getFileName().toString();
        int dot = name.lastIndexOf('.');
        if (dot < 0 || dot == name.length() - 1) {
            return List.of();
        }
        String type = name.substring(dot + 1);
        String brief = "" + type.charAt(0) + type.charAt(type.length() - 1) + "w";
        return Stream.of(brief, type + "w", "wld").flatMap(end -> Stream.of(end.toLowerCase(Locale.ROOT),
                end.toUpperCase(Locale.ROOT))).map(end -> image.resolveSibling(name.substring(0, dot + 1) + end))
                .toList();
    }

    /** Six numbers A, D, B, E, C, F: the centre of pixel (x, y) is at {@code (A x + B y + C, D x + E y + F)}. */
    private static AffineTransform worldFile(Path file) {
        try (InputStream input = Files.newInputStream(file)) {
            String text = new String(input.readNBytes(WORLD_FILE_BYTES), StandardCharsets.US_ASCII);
            double[] n = Arrays.stream(text.strip().split("\\s+")).mapToDouble(Double::parseDouble).toArray();
            if (n.length != WORLD_FILE_NUMBERS) {
                throw malformed(file, n.length + " numbers", null);
            }
            return checked(file, fromCentres(new AffineTransform(n)));
        } catch (NumberFormatException e) {
            throw malformed(file, e.getMessage(), e);
        } catch (IOException e) {
            throw new ImageException(file + ": cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    private static ImageException malformed(Path file, String found, Exception cause) {
        return new ImageException(file + ": expected the six numbers of a world file, found "
                + found.replaceAll("[^\\p{Print}]", "?"), cause);
    }

    private static Optional<AffineTransform> geoTiff(Path image) {
        ImageReader reader = ImageIO.getImageReadersByFormatName("tiff").next();
        try (ImageInputStream stream = new FileImageInputStream(image.toFile())) {
            if (!reader.getOriginatingProvider().canDecodeInput(stream)) {
                return Optional.empty();
            }
            reader.setInput(stream);
            return transform(TIFFDirectory.createFromMetadata(reader.getImageMetadata(0)))
                    .map(transform -> checked(image, transform));
        } catch (IOException | RuntimeException e) {
            throw e instanceof ImageException known
                    ? known
                    : new ImageException(image + ": the GeoTIFF tags cannot be read: " + e.getClass().getSimpleName(),
                            e);
        } finally {
            reader.dispose();
        }
    }

    private static Optional<AffineTransform> transform(TIFFDirectory directory) {
        TIFFField matrix = directory.getTIFFField(GeoTIFFTagSet.TAG_MODEL_TRANSFORMATION);
        TIFFField scale = directory.getTIFFField(GeoTIFFTagSet.TAG_MODEL_PIXEL_SCALE);
        TIFFField tie = directory.getTIFFField(GeoTIFFTagSet.TAG_MODEL_TIE_POINT);
        AffineTransform transform;
        if (matrix != null) { // [4, 4], row by row, for column, row and height
            transform = new AffineTransform(matrix.getAsDouble(0), matrix.getAsDouble(4), matrix.getAsDouble(1),
                    matrix.getAsDouble(5), matrix.getAsDouble(3), matrix.getAsDouble(7));
        } else if (scale != null && tie != null) { // pixel (i, j, k) is at (x, y, z)
            transform = AffineTransform.getTranslateInstance(tie.getAsDouble(3), tie.getAsDouble(4));
            transform.scale(scale.getAsDouble(0), -scale.getAsDouble(1));
            transform.translate(-tie.getAsDouble(0), -tie.getAsDouble(1));
        } else {
            return Optional.empty();
        }
        return Optional.of(pixelIsPoint(directory) ? fromCentres(transform) : transform);
    }

    /** Whether the tags speak of the centres of pixels and not of their corners; keys are four numbers each. */
    private static boolean pixelIsPoint(TIFFDirectory directory) {
        TIFFField keys = directory.getTIFFField(GeoTIFFTagSet.TAG_GEO_KEY_DIRECTORY);
        for (int i = 4; keys != null && i + 3 < keys.getCount(); i += 4) {
            if (keys.getAsInt(i) == RASTER_TYPE_KEY) {
                return keys.getAsInt(i + 3) == PIXEL_IS_POINT;
            }
        }
        return false;
    }

    /** Turns a transform of pixels whose centres have whole coordinates into one where their corners have. */
    private static AffineTransform fromCentres(AffineTransform transform) {
        transform.translate(-0.5, -0.5);
        return transform;
    }

    private static AffineTransform checked(Path file, AffineTransform transform) {
        double determinant = transform.getDeterminant();
        if (determinant == 0 || !Double.isFinite(determinant + transform.getTranslateX() + transform.getTranslateY())) {
            throw new ImageException(file + ": its map coordinates put every pixel on one line or nowhere");
        }
        return transform;
    }
}
