package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.clip4j.image.ImageException.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kinds of files that few programs write, against the crops that Pillow and transformers make of them. */
class OddImagesTest {
    private static Path file(String name) {
        Path file = Path.of(System.getProperty("shared"), "reference/odd-images", name);
        assumeTrue(Files.exists(file), "no reference data at " + file);
        return file;
    }

    /** Of {@code rle4.bmp} the crop is by the format; Pillow reads its absolute runs of odd length wrongly. */
    @ParameterizedTest
    @ValueSource(strings = {"base_440.jpg", "base_odd_sampling.jpg", "rot90_of_422.jpg", "rgba_assoc.tif", "rle4.bmp",
            "rgb16_le_pred2.tif", "float32_pred3.tif", "lossy.webp", "lossy_alpha.webp", "bigtiff.tif"})
    void equal(String name) {
        Preprocessing settings = new Preprocessing(224, 224, Centering.DOWN, 1 / 255.0, Preprocessing.CLIP.mean(),
                Preprocessing.CLIP.std());
        RgbImage image = new ImageDecoder().decode(file("images/" + name));
        RgbImage expected = new ImageDecoder().decode(file("expected/" + name + ".224.png"));
        assertArrayEquals(expected.pixels(), new ImagePreprocessor(settings).crop(image).pixels());
    }

    /** Sound files that are not read are told from broken ones. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            arith.jpg         | is a JPEG of the arithmetic-coded kind, which is not supported
            arith_prog.jpg    | is a JPEG of the arithmetic-coded kind, which is not supported
            lab.tif           | is a TIFF with colours of the kind 8, which is not supported
            rgb_float32.tif   | is a TIFF with 3 samples a pixel of 32 bits, floats, which is not supported
            """)
    void refusedByName(String name, String found) {
        Path file = file("images/" + name);
        ImageException e = assertThrows(ImageException.class, () -> new ImageDecoder().decode(file));
        assertTrue(e.getMessage().startsWith(file + ": " + found), e.getMessage());
        assertEquals(Fault.NOT_AN_IMAGE, e.fault());
        ImageException strips = assertThrows(ImageException.class, () -> ImageStrips.open(file).close());
        assertTrue(strips.getMessage().startsWith(file + ": " + found), strips.getMessage());
    }
}
