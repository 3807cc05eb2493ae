package io.github.clip4j.train;

import io.github.clip4j.kernels.Epilogue;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.kernels.RowReader;

/**
 * The symmetric contrastive loss of CLIP (Radford et al. 2021, figure 3): with {@code logits = exp(logit_scale) I Tᵀ},
 * images I and texts T of unit length, the mean of the cross entropy of each image over all texts and of each text
 * over all images, where an image and a text of the same pair belong together.
 *
 * @param maxLogitScale what the parameter {@code logit_scale} is clamped to after each step, if it is trained
 * @param promptsMatch whether a prompt that names a class belongs to all images of it, in equal shares, and they to it
 *        (Khosla et al., Supervised Contrastive Learning, 2020; Yang et al., Unified Contrastive Learning, 2022)
 * @param promptsShare the share s of an image with a caption that goes to the k prompts that match it, {@code s / k} to
 *        each, so that its caption has {@code 1 - s} however many there are; null for {@code 1 / (1 + k)} to each and to
 *        the caption
 */
public record ContrastiveLoss(double maxLogitScale, boolean promptsMatch, Double promptsShare) {
    /** As in the paper: logits are at most 100 times a cosine, and only pairs belong together. */
    public static final ContrastiveLoss CLIP = new ContrastiveLoss(Math.log(100), false, null);

    /**
     * @throws IllegalArgumentException if the clamp is not a number from 0 to 88, beyond which exp overflows, or the
     *     share is not between 0 and 1, or given where prompts do not match
     */
    public ContrastiveLoss {
        if (!(maxLogitScale >= 0 && maxLogitScale <= 88)) {
            throw new IllegalArgumentException("largest logit scale: expected a number from 0 to 88 (ln 100 = 4.605 is "
                    + "CLIP's), found " + maxLogitScale);
        }
        if (promptsShare != null && !(promptsMatch && promptsShare > 0 && promptsShare < 1)) {
            throw new IllegalArgumentException("share of matching prompts: expected more than 0 and less than 1, and "
                    + "prompts that match, found " + promptsShare);
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
     * @param batch the pairs of which they are, which tells what belongs together
     * @param logitScale the logarithm of the factor
     */
    Result compute(Kernels kernels, float[] images, float[] texts, Batch batch, float logitScale) {
        int n = batch.size();
        boolean[] matches = batch.matches(promptsMatch); // [images, texts]
        int width = images.length / n;
        float scale = (float) Math.exp(logitScale);
        float[] logits = new float[n * n]; // [images, texts]
        kernels.multiply(images, n, kernels.pack(n, width, RowReader.of(texts, width)), null, Epilogue.NONE, logits);
        for (int i = 0; i < logits.length; i++) {
            logits[i] *= scale;
        }
        float[] transposed = transposed(logits, n); // [texts, images]
        boolean[] imagesOfTexts = transposed(matches, n); // [texts, images]
        double imageAccuracy = accuracy(logits, matches, n);
        double textAccuracy = accuracy(transposed, imagesOfTexts, n);

        float[] dRows = logits.clone(); // [images, texts]
        float[] dColumns = transposed; // [texts, images]
        double loss = (kernels.crossEntropy(dRows, n, n, imageTargets(matches, batch.prompts()))
                + kernels.crossEntropy(dColumns, n, n, shares(imagesOfTexts, n))) / 2;

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

    private static boolean[] transposed(boolean[] square, int n) {
        boolean[] transposed = new boolean[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                transposed[j * n + i] = square[i * n + j];
            }
        }
        return transposed;
    }

    /** Share of the rows whose first largest element is a match. */
    private static double accuracy(float[] logits, boolean[] matches, int n) {
        int right = 0;
        for (int i = 0; i < n; i++) {
            int best = 0;
            for (int j = 1; j < n; j++) {
                best = logits[i * n + j] > logits[i * n + best] ? j : best;
            }
            right += matches[i * n + best] ? 1 : 0;
        }
        return (double) right / n;
    }

    /** [images, texts]: the distribution over the matches of each image, of which its caption may have a fixed share. */
    private float[] imageTargets(boolean[] matches, boolean[] prompts) {
        int n = prompts.length;
        float[] targets = shares(matches, n);
        if (promptsShare == null) {
            return targets;
        }
        for (int i = 0; i < n; i++) {
            float own = targets[i * n + i]; // 1 / (1 + k)
            if (own < 1 && !prompts[i]) {
                for (int j = 0; j < n; j++) {
                    targets[i * n + j] *= (float) (promptsShare / (1 - own));
                }
                targets[i * n + i] = (float) (1 - promptsShare);
            }
        }
        return targets;
    }

    /** [n, n]: the distribution over the matches of each row. */
    private static float[] shares(boolean[] matches, int n) {
        float[] shares = new float[n * n];
        for (int i = 0; i < n; i++) {
            int count = 0;
            for (int j = 0; j < n; j++) {
                count += matches[i * n + j] ? 1 : 0;
            }
            for (int j = 0; j < n; j++) {
                shares[i * n + j] = matches[i * n + j] ? 1f / count : 0;
            }
        }
        return shares;
    }
}
