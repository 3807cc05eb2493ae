package io.github.clip4j.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.PilEnhance;
import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.train.data.Augmentation.RandomCrop;
import io.github.clip4j.train.data.Augmenter.Box;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmenterTest {
    private static final int DRAWS = 10_000;

    /** An image of gray pixels, by rows. */
    private static RgbImage gray(int width, int... values) {
        byte[] pixels = new byte[3 * values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) values[i / 3];
        }
        return new RgbImage(width, values.length / width, pixels);
    }

    private static int[] values(RgbImage gray) {
        int[] values = new int[gray.width() * gray.height()];
        Arrays.setAll(values, i -> gray.pixels()[3 * i] & 0xff);
        return values;
    }

    private static Augmenter augmenter(Augmentation settings, int size) {
        return new Augmenter(settings, new ImagePreprocessor(Preprocessing.CLIP.withSize(size)));
    }

    @ParameterizedTest
    @CsvSource({"false,false,0,1234", "true,false,0,2143", "false,true,0,3412", "true,true,0,4321",
            "false,false,1,2413", "false,false,2,4321", "false,false,3,3142", "true,false,1,1324", "false,true,1,4231",
            "true,true,1,3142", "true,false,2,3412", "true,false,3,4231", "false,true,3,1324"})
    void orientations(boolean leftRight, boolean topBottom, int quarterTurns, String expected) {
        int[] turned = values(Augmenter.orient(gray(2, 1, 2, 3, 4), leftRight, topBottom, quarterTurns));
        assertArrayEquals(expected.chars().map(c -> c - '0').toArray(), turned);
    }

    @Test
    void quarterTurnsOfALargerSquare() {
        RgbImage square = gray(3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertArrayEquals(new int[]{3, 6, 9, 2, 5, 8, 1, 4, 7}, values(Augmenter.orient(square, false, false, 1)));
        assertArrayEquals(new int[]{7, 4, 1, 8, 5, 2, 9, 6, 3}, values(Augmenter.orient(square, false, false, 3)));
    }

    /** How many orientations the switches give, and that they come equally often: 5 standard deviations. */
    @ParameterizedTest
    @CsvSource({"false,false,false,1", "true,false,false,2", "false,true,false,2", "true,true,false,4",
            "false,false,true,4", "true,false,true,8", "true,true,true,8"})
    void orientationsComeEquallyOften(boolean horizontal, boolean vertical, boolean turns, int kinds) {
        Augmenter augmenter = augmenter(new Augmentation(null, horizontal, vertical, turns, 0, 0, 0), 2);
        SplittableRandom random = new SplittableRandom(kinds);
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < DRAWS; i++) {
            counts.merge(Arrays.toString(values(augmenter.apply(gray(2, 1, 2, 3, 4), random))), 1, Integer::sum);
        }
        assertEquals(kinds, counts.size(), () -> counts.toString());
        double bound = 5 * Math.sqrt(DRAWS * (1.0 / kinds) * (1 - 1.0 / kinds));
        counts.values().forEach(n -> assertEquals((double) DRAWS / kinds, n, bound, () -> counts.toString()));
    }

    @Test
    void cropsAreUniformInAreaAndLogAspect() {
        RandomCrop crop = new RandomCrop(0.1, 0.5, 0.5, 2);
        SplittableRandom random = new SplittableRandom(1);
        double area = 0;
        double aspect = 0;
        double x = 0;
        double y = 0;
        for (int i = 0; i < DRAWS; i++) {
            Box box = Augmenter.box(1000, 1000, crop, random);
            String message = "draw " + i + ": " + box;
            assertTrue(box.x() >= 0 && box.x() + box.width() <= 1000, message);
            assertTrue(box.y() >= 0 && box.y() + box.height() <= 1000, message);
            double share = box.width() * box.height() / 1e6;
            double ratio = (double) box.width() / box.height();
            // sides of 223 or more are rounded to whole pixels
            assertTrue(share > 0.0995 && share < 0.5015, message);
            assertTrue(ratio > 0.497 && ratio < 2.012, message);
            area += share / DRAWS;
            aspect += Math.log(ratio) / DRAWS;
            x += (box.x() + box.width() / 2.0) / DRAWS;
            y += (box.y() + box.height() / 2.0) / DRAWS;
        }
        // 5 standard deviations of a mean of uniform values: 5 * range / sqrt(12 * draws); no box is refused here
        double bound = 5 / Math.sqrt(12.0 * DRAWS);
        assertEquals(0.3, area, 0.4 * bound, "mean area");
        assertEquals(0, aspect, 2 * Math.log(2) * bound, "mean logarithm of the aspect ratio");
        assertEquals(500, x, 1000 * bound, "mean column of the centre");
        assertEquals(500, y, 1000 * bound, "mean row of the centre");
    }

    @Test
    void cropsOfAnySizeFit() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < DRAWS; i++) {
            int width = random.nextInt(1, 40);
            int height = random.nextInt(1, 40);
            double area = random.nextDouble(1e-6, 1);
            double aspect = random.nextDouble(0.01, 100);
            RandomCrop crop = new RandomCrop(area, 1, aspect, 100);
            Box box = Augmenter.box(width, height, crop, random);
            assertTrue(box.width() > 0 && box.height() > 0 && box.x() >= 0 && box.y() >= 0
                    && box.x() + box.width() <= width && box.y() + box.height() <= height,
                    () -> "draw %dx%d, %s: %s".formatted(width, height, crop, box));
        }
    }

    @ParameterizedTest
    @CsvSource({"300,10,0.5,2,140,0,20,10", "10,300,0.5,2,0,140,10,20", "9,3,1,1,3,0,3,3", "1,50,3,4,0,24,1,1",
            "20,20,1,1,0,0,20,20"})
    void whatNeverFitsIsCutFromTheCentre(int width, int height, double minAspect, double maxAspect, int x, int y, int w,
            int h) {
        Box box = Augmenter.box(width, height, new RandomCrop(1, 1, minAspect, maxAspect), new SplittableRandom(3));
        assertEquals(new Box(x, y, w, h), box);
    }

    @Test
    void cuts() {
        RgbImage image = gray(4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertArrayEquals(new int[]{6, 7, 10, 11}, values(Augmenter.cut(image, new Box(1, 1, 2, 2))));
        assertArrayEquals(new int[]{4, 8, 12}, values(Augmenter.cut(image, new Box(3, 0, 1, 3))));
    }

    @Test
    void aCropIsScaledToTheModelsSquare() {
        Augmenter augmenter = augmenter(
                new Augmentation(new RandomCrop(0.2, 0.9, 0.7, 1.4), false, false, false, 0, 0, 0),
                16);
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] pixels = new byte[3 * 30 * 20];
            random.nextBytes(pixels);
            RgbImage image = new RgbImage(30, 20, pixels);
            Box box = Augmenter.box(30, 20, new RandomCrop(0.2, 0.9, 0.7, 1.4), new SplittableRandom(seed));
            assertArrayEquals(PilResize.resize(Augmenter.cut(image, box), 16, 16).pixels(),
                    augmenter.apply(image, new SplittableRandom(seed)).pixels(), "seed " + seed);
        }
    }

    /** Each switched on alone: the factors lie in their range and reach its ends. */
    @ParameterizedTest
    @CsvSource({"0.5,0.5,1.5", "2,0,3"})
    void brightnessIsUniform(double jitter, double low, double high) {
        Augmenter augmenter = augmenter(new Augmentation(null, false, false, false, jitter, 0, 0), 1);
        SplittableRandom random = new SplittableRandom(4);
        double sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            double factor = values(augmenter.apply(gray(1, 80), random))[0] / 80.0;
            assertTrue(factor > low - 1 / 80.0 && factor <= high, "draw " + i + ": factor " + factor);
            sum += factor;
        }
        // cutting to an integer takes half a level on average
        assertEquals((low + high) / 2 - 0.5 / 80, sum / DRAWS, (high - low) * 5 / Math.sqrt(12.0 * DRAWS) + 0.002);
    }

    @Test
    void jitterIsBrightnessThenContrastThenSaturation() {
        RgbImage image = new RgbImage(2, 1, new byte[]{10, 100, (byte) 200, 40, 50, 60});
        Augmentation all = new Augmentation(null, false, false, false, 0.4, 0.3, 0.2);
        // the preprocessor scales to two rows and cuts a square out
        RgbImage square = augmenter(Augmentation.NONE, 2).apply(image, null);
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom draws = new SplittableRandom(seed);
            RgbImage expected = PilEnhance.brightness(square, (float) (0.6 + 0.8 * draws.nextDouble()));
            expected = PilEnhance.contrast(expected, (float) (0.7 + 0.6 * draws.nextDouble()));
            expected = PilEnhance.saturation(expected, (float) (0.8 + 0.4 * draws.nextDouble()));
            assertArrayEquals(expected.pixels(), augmenter(all, 2).apply(image, new SplittableRandom(seed)).pixels(),
                    "seed " + seed);
        }
    }

    @Test
    void refusesSettingsOutOfBounds() {
        for (double bad : new double[]{-0.1, 10.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new Augmentation(null, true, true, true, bad, 0, 0));
            assertThrows(IllegalArgumentException.class, () -> new Augmentation(null, true, true, true, 0, bad, 0));
            assertThrows(IllegalArgumentException.class, () -> new Augmentation(null, true, true, true, 0, 0, bad));
        }
        double[][] ranges = {{0, 1, 1, 1}, {0.5, 0.4, 1, 1}, {0.5, 1.1, 1, 1}, {Double.NaN, 1, 1, 1}, {1, 1, 0, 1},
                {1, 1, 2, 1}, {1, 1, 1, 1e9}, {1, 1, 1, Double.NaN}};
        for (double[] r : ranges) {
            assertThrows(IllegalArgumentException.class, () -> new RandomCrop(r[0], r[1], r[2], r[3]),
                    () -> Arrays.toString(r));
        }
    }
}
