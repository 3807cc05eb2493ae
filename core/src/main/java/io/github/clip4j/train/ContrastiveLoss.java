package io.github.clip4j.train;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.RowReader;
import java.util.Arrays;

/**
 * The symmetric contrastive loss of CLIP (Radford et al. 2021, figure 3): with {@code logits = exp(logit_scale) I Tᵀ},
 * images I and texts T of unit length, the mean of the cross entropy of each image over all texts and of each text
 * over all images, where an image and a text of the same pair belong together.
 *
 * @param maxLogitScale what the parameter {@code logit_scale} is clamped to after each step, if it is trained
 * @param equalTextsMatch whether an image belongs, in equal shares, to all texts that are the same as its own; for
 *        texts that come from few prompts
 */
public record ContrastiveLoss(double maxLogitScale, boolean equalTextsMatch) {
    /** As in the paper: logits are at most 100 times a cosine, and only pairs belong together. */
    public static final ContrastiveLoss CLIP = new ContrastiveLoss(Math.log(100), false);

    /** @throws IllegalArgumentException if the clamp is not a number from 0 to 88, beyond which exp overflows */
    public ContrastiveLoss {
        if (!(maxLogitScale >= 0 && maxLogitScale <= 88)) {
            throw new IllegalArgumentException("largest logit scale: expected a number from 0 to 88 (ln 100 = 4.605 is "
                    + "CLIP's), found " + maxLogitScale);
        }
    }

    /**
     * The loss and its gradients.
     *
     * @param dImages d loss / d images [n, width]
     * @param dTexts d loss / d texts [n, width]
     * @param dLogitScale d loss / d logit_scale, the logarithm of the factor
     */
    record Result(BatchLoss loss, float[] dImages, float[] dTexts, double dLogitScale) {}

    /**
     * @param images [n, width], of unit length
     * @param texts [n, width], of unit length
     * @param groups the same number for texts that are the same
     * @param logitScale the logarithm of the factor
     */
    Result compute(Kernels kernels, float[] images, float[] texts, int[] groups, float logitScale) {
        int n = groups.length;
        int width = images.length / n;
        float scale = (float) Math.exp(logitScale);
        float[] logits = new float[n * n]; // [images, texts]
        kernels.multiply(images, n, kernels.pack(n, width, RowReader.of(texts, width)), null, Epilogue.NONE, logits);
        for (int i = 0; i < logits.length; i++) {
            logits[i] *= scale;
        }
        float[] transposed = transposed(logits, n); // [texts, images]
        double imageAccuracy = accuracy(logits, groups);
        double textAccuracy = accuracy(transposed, groups);

        float[] targets = targets(groups); // symmetric
        float[] dRows = logits.clone(); // [images, texts]
        float[] dColumns = transposed; // [texts, images]
        double loss = (kernels.crossEntropy(dRows, n, n, targets) + kernels.crossEntropy(dColumns, n, n, targets)) / 2;

        double dLogitScale = 0;
        float[] dCosines = new float[n * n]; // [images, texts]
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                float dLogit = (dRows[i * n + j] + dColumns[j * n + i]) / 2;
                dLogitScale += (double) dLogit * logits[i * n + j];
                dCosines[i * n + j] = dLogit * scale;
            }
        }
        float[] dImages = new float[n * width]; // dCosines · T
        kernels.multiply(dCosines, n, kernels.packTransposed(texts, n, width), null, Epilogue.NONE, dImages);
        float[] dTexts = new float[n * width]; // dCosinesᵀ · I
        kernels.weightGradient(dCosines, images, n, n, width, dTexts, null);
        return new Result(new BatchLoss(loss, imageAccuracy, textAccuracy), dImages, dTexts, dLogitScale);
    }

    private static float[] transposed(float[] square, int n) {
        float[] transposed = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                transposed[j * n + i] = square[i * n + j];
            }
        }
        return transposed;
    }

    /** Share of the rows whose first largest element stands in a column of the same group. */
    private static double accuracy(float[] logits, int[] groups) {
        int n = groups.length;
        int right = 0;
        for (int i = 0; i < n; i++) {
            int best = 0;
            for (int j = 1; j < n; j++) {
                best = logits[i * n + j] > logits[i * n + best] ? j : best;
            }
            right += groups[best] == groups[i] ? 1 : 0;
        }
        return (double) right / n;
    }

    /** [n, n]: the distribution over the texts that belong to each image, and over the images that belong to each text. */
    private float[] targets(int[] groups) {
        int n = groups.length;
        float[] targets = new float[n * n];
        for (int i = 0; i < n; i++) {
            int group = groups[i];
            long members = equalTextsMatch ? Arrays.stream(groups).filter(other -> other == group).count() : 1;
            for (int j = 0; j < n; j++) {
                boolean match = i == j || equalTextsMatch && groups[j] == group;
                targets[i * n + j] = match ? 1f / members : 0;
            }
        }
        return targets;
    }
}
