package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagePreprocessorTest {
    /**
     * The CRC-32 of the 8-bit crop and of the float32 values that transformers 5.18's {@code
     * CLIPImageProcessorPil(size = {"shortest_edge": resize}, crop_size = {"height": crop, "width": crop})} gives; the
     * former with {@code do_rescale = do_normalize = False}, height by width by channel.
     */
    @ParameterizedTest
    @CsvSource({"150,150,224,224,20071bcf,2e80f010", "301,97,224,224,44dba906,3844d8f2",
            "97,301,224,224,dbc530c7,4d50d93e", "480,361,96,81,8c23dfb8,3c620c24", "81,50,30,45,35536356,194cecf6",
            "50,81,31,44,bfcdcfb2,42bc29c1", "640,20,20,64,81b9e3ab,784c8055", "20,640,20,63,5588a48f,dcc923df",
            "7,5,224,224,ca01ad4f,290cdd60", "2000,3,24,24,a98a8942,68048f51", "2,400,24,24,776e9352,d8e6b9ed"})
    void equalsTransformers(int width, int height, int resize, int crop, String cropChecksum, String checksum) {
        var preprocessor = new ImagePreprocessor(settings(resize, crop));
        RgbImage cropped = preprocessor.crop(TestImages.formula(width, height));
        assertEquals(crop, cropped.width());
        assertEquals(cropChecksum, TestImages.crc32(cropped.pixels()));

        int margin = 5;
        float[] values = new float[3 * crop * crop + 2 * margin];
        preprocessor.normalize(cropped, values, margin);
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values, margin, 3 * crop * crop);
        byte[] written = new byte[12 * crop * crop];
        bytes.get(written);
        assertEquals(checksum, TestImages.crc32(written));
        for (int i = 0; i < margin; i++) {
            assertEquals(0, values[i], "before the range");
            assertEquals(0, values[values.length - 1 - i], "after the range");
        }
    }

    /** Sizes with the first column and row of the crop, as CenterCrop of torchvision 0.29 has them. */
    @ParameterizedTest
    @CsvSource({"224, 224, 0, 0", "225, 224, 0, 0", "226, 224, 1, 0", "227, 224, 2, 0", "229, 224, 2, 0",
            "224, 231, 0, 4", "298, 224, 37, 0", "335, 224, 56, 0", "336, 224, 56, 0"})
    void centredAsTorchvisionDoes(int width, int height, int left, int top) {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            pixels[3 * i] = (byte) (i % width);
            pixels[3 * i + 1] = (byte) (i / width);
        }
        RgbImage image = new RgbImage(width, height, pixels);
        byte[] crop = new ImagePreprocessor(Preprocessing.CLIP.with(Centering.HALF_EVEN)).crop(image).pixels();
        assertArrayEquals(new byte[]{(byte) left, (byte) top}, Arrays.copyOf(crop, 2));
        byte[] down = new ImagePreprocessor(Preprocessing.CLIP).crop(image).pixels();
        assertArrayEquals(new byte[]{(byte) ((width - 224) / 2), (byte) ((height - 224) / 2)}, Arrays.copyOf(down, 2));
    }

    /** The scaled image would have 224 x 22 million pixels. */
    @Test
    void scalesNoMoreThanTheCrop() {
        RgbImage wide = TestImages.random(300_000, 1, 4);
        RgbImage high = new RgbImage(1, 300_000, wide.pixels());
        var preprocessor = new ImagePreprocessor(Preprocessing.CLIP);
        byte[] across = preprocessor.crop(wide).pixels();
        byte[] down = preprocessor.crop(high).pixels();
        for (int i = 0; i < 224; i++) {
            assertTrue(Math.abs((across[3 * i] & 0xff) - (down[3 * 224 * i] & 0xff)) <= 1, "pixel " + i);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> new ImagePreprocessor(settings(0, 5)));
        assertThrows(IllegalArgumentException.class,
                () -> new ImagePreprocessor(new Preprocessing(5, 5, Centering.DOWN, 1, List.of(0.5), List.of(0.5))));
        var preprocessor = new ImagePreprocessor(settings(8, 8));
        RgbImage crop = TestImages.random(8, 8, 5);
        assertThrows(IndexOutOfBoundsException.class, () -> preprocessor.normalize(crop, new float[192], 1));
        assertThrows(IndexOutOfBoundsException.class, () -> preprocessor.normalize(crop, new float[192], -1));
        assertThrows(IllegalArgumentException.class,
                () -> preprocessor.normalize(TestImages.random(8, 9, 6), new float[300], 0));
    }

    private static Preprocessing settings(int resize, int crop) {
        return new Preprocessing(resize, crop, Centering.DOWN, Preprocessing.CLIP.rescale(), Preprocessing.CLIP.mean(),
                Preprocessing.CLIP.std());
    }
}
