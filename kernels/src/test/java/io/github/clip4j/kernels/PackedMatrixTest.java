package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Matrices that are packed when a product needs them. */
class PackedMatrixTest {
    /** Gives rows or columns, and counts. */
    private static final class Counted implements RowReader {
        private final float[] w;
        private final int k;
        private final boolean columns;
        private final AtomicInteger reads = new AtomicInteger();
        private final AtomicInteger ends = new AtomicInteger();
        private volatile int failing = -1;

        Counted(float[] w, int k, boolean columns) {
            this.w = w;
            this.k = k;
            this.columns = columns;
        }

        @Override
        public void read(int row, float[] target, int offset) {
            if (row == failing) {
                throw new IllegalStateException("row " + row);
            }
            reads.incrementAndGet();
            System.arraycopy(w, row * k, target, offset, k);
        }

        @Override
        public boolean hasColumns() {
            return columns;
        }

        @Override
        public void readColumn(int column, int first, float[] target) {
            for (int i = 0; i < target.length; i++) {
                target[i] = w[(first + i) * k + column];
            }
        }

        @Override
        public void done() {
            ends.incrementAndGet();
        }
    }

    private static float[] random(int n) {
        return GradientsContract.uniform(new Random(n), n);
    }

    private static float[] product(Kernels kernels, int m, PackedMatrix w) {
        float[] c = new float[m * w.n()];
        kernels.multiply(random(m * w.k()), m, w, random(w.n()), new Epilogue.Add(random(c.length)), c);
        return c;
    }

    /** The same bits, whichever product packs: of few rows, again, of more than a block, and around a block's end. */
    @Test
    void laterIsLikeAtOnce() {
        try (Kernels kernels = Kernels.create(3); Kernels scalar = Kernels.scalar(2)) {
            for (Kernels each : List.of(kernels, scalar)) {
                for (int n : new int[]{1, 15, 16, 17, 63, 64, 65, 130, 200}) {
                    for (int k : new int[]{1, 19, 128, 130}) {
                        for (int[] products : new int[][]{{3, 3, 3}, {1, 200}, {200, 5}, {190, 192, 193}}) {
                            checkProducts(each, n, k, products);
                        }
                    }
                }
            }
        }
    }

    private static void checkProducts(Kernels kernels, int n, int k, int[] products) {
        float[] w = random(n * k);
        PackedMatrix now = kernels.pack(n, k, RowReader.of(w, k));
        for (boolean columns : new boolean[]{false, true}) {
            PackedMatrix later = kernels.packLater(n, k, new Counted(w, k, columns));
            for (int m : products) {
                assertArrayEquals(product(kernels, m, now), product(kernels, m, later),
                        () -> m + " x " + n + " x " + k + (columns ? ", columns" : ""));
            }
            assertArrayEquals(now.data, later.data);
        }
    }

    @Test
    void rowsAreReadOnceForAFirstProductAndOnceForAllOthers() {
        int n = 70;
        try (Kernels kernels = Kernels.create(2)) {
            Counted rows = new Counted(random(n * 9), 9, false);
            PackedMatrix w = kernels.packLater(n, 9, rows);
            int onePass = kernels instanceof ScalarKernels ? 1 : 2;
            int[] expected = {1, onePass, onePass};
            for (int reads : expected) {
                product(kernels, 5, w);
                assertEquals(reads * n, rows.reads.get());
                assertEquals(reads, rows.ends.get());
            }
            Counted many = new Counted(random(n * 9), 9, false);
            w = kernels.packLater(n, 9, many);
            for (int i = 0; i < 3; i++) {
                product(kernels, 400, w);
                assertEquals(n, many.reads.get());
            }
        }
    }

    /** What a reader throws comes out of the product, and the next one begins anew. */
    @Test
    void faultsOfTheReaderAreTheProducts() {
        try (Kernels kernels = Kernels.create(2)) {
            for (int m : new int[]{5, 400}) {
                float[] w = random(70 * 9);
                Counted rows = new Counted(w, 9, false);
                PackedMatrix later = kernels.packLater(70, 9, rows);
                rows.failing = 33;
                for (int i = 0; i < 3; i++) {
                    String message = assertThrows(IllegalStateException.class, () -> product(kernels, m, later))
                            .getMessage();
                    assertTrue(message.contains("row 33"), message);
                }
                rows.failing = -1;
                float[] expected = product(kernels, m, kernels.pack(70, 9, RowReader.of(w, 9)));
                assertArrayEquals(expected, product(kernels, m, later));
            }
        }
    }

    @Test
    void manyCallersNeedItAtOnce() throws Exception {
        try (Kernels kernels = Kernels.create(3); ExecutorService callers = Executors.newFixedThreadPool(8)) {
            float[] w = random(150 * 140);
            float[] expected = product(kernels, 7, kernels.pack(150, 140, RowReader.of(w, 140)));
            for (int round = 0; round < 50; round++) {
                PackedMatrix later = kernels.packLater(150, 140, RowReader.of(w, 140));
                List<Callable<float[]>> calls = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    calls.add(i % 2 == 0
                            ? () -> product(kernels, 7, later)
                            : () -> kernels.run(() -> product(kernels, 7, later)));
                }
                for (Future<float[]> call : callers.invokeAll(calls)) {
                    assertArrayEquals(expected, call.get());
                }
            }
        }
    }
}
