package io.github.clip4j.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LikenessTest {
    private static final int SIDE = 160;

    /** Noise at 12 x 12, made larger, as coarse as what is seen from above often is. */
    private static RgbImage scene(long seed) {
        byte[] noise = new byte[3 * 12 * 12];
        new Random(seed).nextBytes(noise);
        return PilResize.resize(new RgbImage(12, 12, noise), SIDE, SIDE);
    }

    /** The image whose pixel at x, y is that of another at {@code from} of them. */
    private static RgbImage moved(RgbImage image, int side, IntBinaryOperator from) {
        byte[] pixels = new byte[3 * side * side];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                System.arraycopy(image.pixels(), 3 * from.applyAsInt(x, y), pixels, 3 * (y * side + x), 3);
            }
        }
        return new RgbImage(side, side, pixels);
    }

    private static List<RgbImage> turns(RgbImage image) {
        int last = SIDE - 1;
        return List.<IntBinaryOperator>of((x, y) -> y * SIDE + x, (x, y) -> y * SIDE + last - x,
                (x, y) -> (last - y) * SIDE + x, (x, y) -> (last - y) * SIDE + last - x, (x, y) -> x * SIDE + y,
                (x, y) -> x * SIDE + last - y, (x, y) -> (last - x) * SIDE + y, (x, y) -> (last - x) * SIDE + last - y)
                .stream().map(from -> moved(image, SIDE, from)).toList();
    }

    private static RgbImage crop(RgbImage image, int side, int left, int top) {
        return moved(image, side, (x, y) -> (top + y) * SIDE + left + x);
    }

    private static float[] of(Likeness likeness, RgbImage one, List<RgbImage> others) {
        try (Kernels kernels = Kernels.create(1)) {
            return likeness.of(kernels, Thumbprint.of(one), others.stream().map(Thumbprint::of).toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anImageIsLikeItselfInAllTurnsAndLikeNoOther(Likeness likeness) {
        List<RgbImage> others = new ArrayList<>(turns(scene(1)));
        for (int i = 2; i < 30; i++) {
            others.add(scene(i));
        }
        float[] found = of(likeness, scene(1), others);
        for (int i = 0; i < found.length; i++) {
            if (i < 8) {
                assertEquals(1, found[i], 0.02, "turn " + i); // the smoothing of bytes is not of all turns alike
            } else {
                assertTrue(found[i] < 0.5, "%d: %f".formatted(i, found[i]));
            }
        }
    }

    @Test
    void partsOfNineTenthsAreFoundWhereverTheyAreHoweverTurned() {
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            RgbImage image = scene(100 + i);
            int side = SIDE * 9 / 10 + random.nextInt(SIDE / 10);
            RgbImage turned = turns(image).get(i % 8);
            RgbImage part = crop(turned, side, random.nextInt(SIDE - side + 1), random.nextInt(SIDE - side + 1));
            float fine = of(Likeness.FINE, image, List.of(part))[0];
            assertTrue(fine >= Duplicates.DEFAULT_THRESHOLD, "%d: side %d, %f".formatted(i, side, fine));
            float coarse = of(Likeness.COARSE, image, List.of(part))[0];
            assertTrue(coarse >= Duplicates.DEFAULT_THRESHOLD - 0.3f, "%d: side %d, %f".formatted(i, side, coarse));
        }
    }

    /** For few others they are turned, for many the one. */
    @ParameterizedTest
    @EnumSource
    void doesNotDependOnWhatElseIsCompared(Likeness likeness) {
        List<RgbImage> others = new ArrayList<>(turns(crop(scene(1), SIDE, 0, 0)));
        IntStream.range(2, 60).forEach(i -> others.add(scene(i)));
        Collections.shuffle(others, new Random(5));
        float[] together = of(likeness, scene(1), others);
        float[] alone = new float[together.length];
        for (int i = 0; i < alone.length; i++) {
            alone[i] = of(likeness, scene(1), List.of(others.get(i)))[0];
        }
        assertArrayEquals(alone, together, 1e-5f);
    }

    @ParameterizedTest
    @EnumSource
    void whatHasNoStructureIsLikeNothing(Likeness likeness) {
        byte[] gray = new byte[3 * SIDE * SIDE];
        Arrays.fill(gray, (byte) 90);
        RgbImage flat = new RgbImage(SIDE, SIDE, gray);
        assertArrayEquals(new byte[64 * 64], Thumbprint.of(flat).structure());
        assertArrayEquals(new float[2], of(likeness, flat, List.of(flat, scene(1))));
        assertArrayEquals(new float[1], of(likeness, scene(1), List.of(flat)));
        assertEquals(0, of(likeness, flat, List.of()).length);
    }

    @Test
    void neitherBrightnessNorContrastCounts() {
        RgbImage image = scene(1);
        byte[] paler = image.pixels().clone();
        for (int i = 0; i < paler.length; i++) {
            paler[i] = (byte) (120 + (paler[i] & 0xff) / 4);
        }
        assertEquals(1, of(Likeness.FINE, image, List.of(new RgbImage(SIDE, SIDE, paler)))[0], 0.01);
    }
}
