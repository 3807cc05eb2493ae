package io.github.clip4j.find;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.ImageException;
import java.awt.geom.AffineTransform;
import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.tiff.GeoTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeoreferenceTest {
    @TempDir
    Path folder;

    /** A world file speaks of the centres of pixels, so the corner of the first is half a pixel up and left. */
    @ParameterizedTest
    @CsvSource({"a.jpg, a.jgw", "a.jpeg, a.jgw", "a.png, a.pgw", "a.png, a.PGW", "a.tif, a.tfw", "a.tif, a.tifw",
            "a.b.jpg, a.b.wld"})
    void worldFilesHaveTheNameOfTheImage(String image, String world) throws IOException {
        Path file = Files.write(folder.resolve(image), new byte[100]);
        assertEquals(Optional.empty(), Georeference.of(file));
        Files.writeString(folder.resolve(world), "0.5\r\n0\r\n0\r\n-0.25\r\n1000.25\r\n1999.875\r\n");
        assertEquals(new AffineTransform(0.5, 0, 0, -0.25, 1000, 2000), Georeference.of(file).orElseThrow());
    }

    @Test
    void aWorldFileMayTurn() throws IOException {
        Path file = Files.write(folder.resolve("a.png"), new byte[100]);
        Files.writeString(folder.resolve("a.pgw"), "1\n2\n3\n-4\n100\n200\n");
        var expected = new Point2D.Double(1 * 7.5 + 3 * 8.5 + 100, 2 * 7.5 - 4 * 8.5 + 200);
        assertEquals(expected, Georeference.of(file).orElseThrow().transform(new Point2D.Double(8, 9), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 2 3 4 5", "1 2 3 4 5 6 7", "a 0 0 1 0 0", "NaN 0 0 1 0 0", "0 0 0 0 5 5",
            "1 0 0 1 Infinity 0"})
    void aMalformedWorldFileIsTold(String content) throws IOException {
        Path file = Files.write(folder.resolve("a.png"), new byte[100]);
        Path world = Files.writeString(folder.resolve("a.pgw"), content);
        String message = assertThrows(ImageException.class, () -> Georeference.of(file)).getMessage();
        assertTrue(message.startsWith(world + ": "), message);
    }

    @Test
    void geoTiffHasScaleAndTiePoint() throws IOException {
        Path file = tiff(field(GeoTIFFTagSet.TAG_MODEL_PIXEL_SCALE, 2, 3, 0),
                field(GeoTIFFTagSet.TAG_MODEL_TIE_POINT, 10, 20, 0, 500, 600, 0));
        Files.writeString(folder.resolve("a.tfw"), "1 0 0 1 0 0"); // the tags come first
        AffineTransform map = Georeference.of(file).orElseThrow();
        assertEquals(new Point2D.Double(500, 600), map.transform(new Point2D.Double(10, 20), null));
        assertEquals(new Point2D.Double(502, 597), map.transform(new Point2D.Double(11, 21), null));
    }

    @Test
    void geoTiffHasAMatrixAndMaySpeakOfCentres() throws IOException {
        var keys = new TIFFField(tag(GeoTIFFTagSet.TAG_GEO_KEY_DIRECTORY), TIFFTag.TIFF_SHORT, 8,
                new char[]{1, 1, 0, 1, 1025, 0, 1, 2});
        Path file = tiff(field(GeoTIFFTagSet.TAG_MODEL_TRANSFORMATION, 2, 1, 0, 500, 0, -3, 0, 600, 0, 0, 0, 0, 0, 0, 0,
                1), keys);
        AffineTransform map = Georeference.of(file).orElseThrow();
        assertEquals(new Point2D.Double(500, 600), map.transform(new Point2D.Double(0.5, 0.5), null));
        assertEquals(new Point2D.Double(503, 597), map.transform(new Point2D.Double(1.5, 1.5), null));
    }

    @Test
    void malformedTagsAreTold() throws IOException {
        Path file = tiff(field(GeoTIFFTagSet.TAG_MODEL_PIXEL_SCALE, 2),
                field(GeoTIFFTagSet.TAG_MODEL_TIE_POINT, 10, 20, 0));
        String message = assertThrows(ImageException.class, () -> Georeference.of(file)).getMessage();
        assertTrue(message.startsWith(file + ": the GeoTIFF tags"), message);
    }

    private static TIFFTag tag(int number) {
        return GeoTIFFTagSet.getInstance().getTag(number);
    }

    private static TIFFField field(int tag, double... values) {
        return new TIFFField(tag(tag), TIFFTag.TIFF_DOUBLE, values.length, values);
    }

    private Path tiff(TIFFField... fields) throws IOException {
        Path file = folder.resolve("a.tif");
        ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
        BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
        var param = writer.getDefaultWriteParam();
        var metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), param);
        TIFFDirectory directory = TIFFDirectory.createFromMetadata(metadata);
        for (TIFFField field : fields) {
            directory.addTIFFField(field);
        }
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, directory.getAsMetadata()), param);
        }
        return file;
    }
}
