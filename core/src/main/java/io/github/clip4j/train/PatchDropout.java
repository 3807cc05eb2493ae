package io.github.clip4j.train;

import io.github.clip4j.checkpoint.VisionConfig;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Takes patches away from images in training, others of each image in each step, which saves their time and varies the
 * images. The class token stays, and what stays keeps its position. Source: Li et al.: Scaling Language-Image
 * Pre-training via Masking, 2022 (arXiv 2212.00794).
 *
 * @param share of the patches that is taken away, 0 or more, less than 1; at least one patch stays
 */
public record PatchDropout(double share, long seed) {
    /** Images are seen whole. */
    public static final PatchDropout NONE = new PatchDropout(0, 0);

    /** @throws IllegalArgumentException if the share is out of bounds */
    public PatchDropout {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("patch dropout is " + share + ", expected 0 or more, less than 1");
        }
    }

    /** A batch with the patches that are seen in a step, a pure function of seed and step. */
    Batch apply(Batch batch, long step, VisionConfig config) {
        if (share == 0) {
            return batch;
        }
        int all = config.grid() * config.grid();
        int seen = (int) Math.max(1, Math.round(all * (1 - share)));
        SplittableRandom random = new SplittableRandom(new SplittableRandom(seed).nextLong() + step);
        int[][] patches = new int[batch.size()][];
        Arrays.setAll(patches, _ -> choose(seen, all, random));
        return batch.withPatches(patches);
    }

    /** So many of the numbers below {@code all}, ascending; each set is as likely as any other. */
    private static int[] choose(int count, int all, SplittableRandom random) {
        int[] chosen = new int[count];
        int found = 0;
        for (int i = 0; found < count; i++) {
            if (random.nextInt(all - i) < count - found) {
                chosen[found++] = i;
            }
        }
        return chosen;
    }
}
