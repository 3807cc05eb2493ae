package io.github.clip4j.kernels;

import java.util.Arrays;
import java.util.List;

/**
 * Runs the kernels of inference on small shapes until they are compiled. Interpreted, a vector is an object, and one
 * image takes seconds; while weights are read and packed, compiling costs next to nothing.
 */
final class WarmUp {
    /** Rounds on the smallest shapes: each interpreted one costs, and so many make the compiler notice. */
    private static final int TINY_ROUNDS = 200;
    /** Rounds on shapes that take every loop twice, without which compiled code gives up on the first real image. */
    private static final int SMALL_ROUNDS = 60;

    private final VectorKernels kernels;

    WarmUp(VectorKernels kernels) {
        this.kernels = kernels;
    }

    Void run(boolean large) {
        run(TINY_ROUNDS, Tile.ROWS, 1, 8, Lanes.COUNT + 1);
        if (large) {
            run(SMALL_ROUNDS, 2 * Tile.ROWS + 1, 2, Tile.DEPTH + 8, 2 * Lanes.COUNT + 1);
        }
        return null;
    }

    /** @param tokens of a sequence: whole vectors and a rest */
    private void run(int rounds, int rows, int panels, int k, int tokens) {
        int n = panels * Tile.WIDTH;
        float[] a = new float[Math.max(rows * Math.max(k, n), tokens * 3 * n)];
        float[] c = a.clone();
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        RowReader zeros = RowReader.of(new float[n * k], k);
        PackedMatrix w = kernels.pack(n, k, zeros);
        List<Epilogue> epilogues = List.of(Epilogue.NONE, new Epilogue.Add(c),
                new Epilogue.Activate(Activation.QUICK_GELU));
        Sequences prefixed = new Sequences(1, new int[]{tokens - 1});
        List<AttentionShape> shapes = List.of(
                new AttentionShape(Sequences.of(tokens), null, panels, Tile.WIDTH, false),
                new AttentionShape(prefixed, null, panels, Tile.WIDTH, true),
                new AttentionShape(prefixed, new int[]{tokens - 2}, panels, Tile.WIDTH, true));
        for (int i = 0; i < rounds && !kernels.workers.closing(); i++) {
            for (Epilogue epilogue : epilogues) {
                kernels.product(a, rows, w, i % 2 == 0 ? null : zeros, i % 8 == 0 ? null : ones, epilogue, c);
            }
            kernels.normalizeLayer(c, rows, ones, ones, 1e-5f, a);
            for (AttentionShape shape : shapes) {
                kernels.attend(shape, a, c);
            }
        }
    }
}
