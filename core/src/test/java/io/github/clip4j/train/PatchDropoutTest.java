package io.github.clip4j.train;

import static io.github.clip4j.train.TrainingData.ALL;
import static io.github.clip4j.train.TrainingData.CONFIG;
import static io.github.clip4j.train.TrainingData.assertClose;
import static io.github.clip4j.train.TrainingData.batch;
import static io.github.clip4j.train.TrainingData.parameters;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.kernels.Kernels;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PatchDropoutTest {
    private static final int PATCHES = 9;

    private static int[][] seen(double share, long seed, long step, int images) {
        return new PatchDropout(share, seed).apply(batch(images, 1), step, CONFIG.vision()).patches();
    }

    @Test
    void noneLeavesTheBatch() {
        Batch batch = batch(3, 1);
        assertSame(batch, PatchDropout.NONE.apply(batch, 1, CONFIG.vision()));
        assertNull(batch.patches());
    }

    @Test
    void asManyOfEachImageAscending() {
        for (double share : new double[]{0.05, 0.3, 0.5, 0.99}) {
            int expected = (int) Math.max(1, Math.round(PATCHES * (1 - share)));
            for (int[] patches : seen(share, 2, 3, 20)) {
                assertEquals(expected, patches.length, "share " + share);
                assertArrayEquals(Arrays.stream(patches).distinct().sorted().toArray(), patches);
                assertTrue(patches[0] >= 0 && patches[expected - 1] < PATCHES, Arrays.toString(patches));
            }
        }
    }

    @Test
    void aFunctionOfSeedAndStep() {
        assertArrayEquals(seen(0.5, 4, 7, 8), seen(0.5, 4, 7, 8));
        assertFalse(Arrays.deepEquals(seen(0.5, 4, 7, 8), seen(0.5, 5, 7, 8)));
        assertFalse(Arrays.deepEquals(seen(0.5, 4, 7, 8), seen(0.5, 4, 8, 8)));
    }

    /** Each of n images sees a patch with probability 1/3: a count of standard deviation sqrt(2 n / 9). */
    @Test
    void everyPatchIsAsLikely() {
        int n = 3000;
        int[] counts = new int[PATCHES];
        Arrays.stream(seen(2.0 / 3, 6, 1, n)).flatMapToInt(Arrays::stream).forEach(patch -> counts[patch]++);
        for (int patch = 0; patch < PATCHES; patch++) {
            assertEquals(n / 3.0, counts[patch], 5 * Math.sqrt(2 * n / 9.0), "patch " + patch);
        }
    }

    /** All patches, given by number: the same as none left out. */
    @Test
    void allPatches() {
        Batch batch = batch(4, 2);
        int[][] all = new int[4][];
        Arrays.setAll(all, _ -> IntStream.range(0, PATCHES).toArray());
        assertSameGradients(batch, 4, batch.withPatches(all), 4, 0);
    }

    private static void assertSameGradients(Batch expected, int microBatch, Batch found, int otherMicroBatch,
            double tolerance) {
        try (Kernels kernels = Kernels.create(2)) {
            ModelParameters first = parameters(ALL);
            ModelParameters second = parameters(ALL);
            assertEquals(new TrainableClip(CONFIG, first, kernels).gradients(expected, microBatch),
                    new TrainableClip(CONFIG, second, kernels).gradients(found, otherMicroBatch));
            for (Parameter parameter : first.all()) {
                assertClose(parameter.name(), parameter.gradient(), second.get(parameter.name()).gradient(), tolerance,
                        "");
            }
        }
    }

    @Test
    void microBatches() {
        Batch batch = batch(7, 3).withPatches(seen(0.5, 8, 1, 7));
        assertSameGradients(batch, 7, batch, 2, 1e-5);
    }

    /** What is in a patch that is not seen changes nothing, and neither does a whole batch in between. */
    @Test
    void hiddenPixelsDoNotMatter() {
        int[][] seen = new int[5][];
        Arrays.setAll(seen, _ -> new int[]{0, 4, 5, 8});
        Batch batch = batch(5, 4).withPatches(seen);
        Batch other = batch(5, 4).withPatches(seen);
        int size = CONFIG.vision().imageSize();
        int patch = CONFIG.vision().patchSize();
        for (int i = 0; i < other.pixels().length; i++) {
            int column = i % size / patch;
            int row = i / size % size / patch;
            if (column > 2 || row > 2 || row * 3 + column == 1 || row * 3 + column == 6) {
                other.pixels()[i] += 3;
            }
        }
        assertSameGradients(batch, 5, other, 5, 0);
        try (Kernels kernels = Kernels.create(1)) {
            TrainableClip model = new TrainableClip(CONFIG, parameters(ALL), kernels);
            BatchLoss loss = model.loss(batch, 2);
            model.loss(batch(6, 5), 6);
            assertEquals(loss, model.loss(batch, 2));
        }
    }

    @Test
    void wrongShares() {
        for (double share : new double[]{-0.1, 1, Double.NaN}) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> new PatchDropout(share, 1)).getMessage()
                    .contains("patch dropout is " + share));
        }
    }

    @Test
    void wrongPatches() {
        Batch batch = batch(2, 6);
        for (int[][] wrong : new int[][][]{{{1}}, {{1}, {1, 2}}, {{}, {}}}) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> batch.withPatches(wrong)).getMessage()
                    .contains("as many of each of 2 images"));
        }
        try (Kernels kernels = Kernels.create(1)) {
            TrainableClip model = new TrainableClip(CONFIG, parameters(ALL), kernels);
            Batch outside = batch.withPatches(new int[][]{{1}, {9}});
            assertTrue(assertThrows(IllegalArgumentException.class, () -> model.loss(outside, 2)).getMessage()
                    .contains("expected 0 to 8, found [[1], [9]]"));
        }
    }
}
