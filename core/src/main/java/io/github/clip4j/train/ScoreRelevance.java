package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** What in an image and a text speaks for their score, by {@link AttentionRelevance} and by windows. */
final class ScoreRelevance {
    /** Windows that go through the tower together. */
    private static final int BATCH = 16;

    private final Kernels kernels;
    private final ClipConfig config;
    private final TrainableVision vision;
    private final TrainableText text;
    private final float logitScale;

    ScoreRelevance(ClipConfig config, Checkpoint weights, Kernels kernels) {
        ModelParameters parameters = new ModelParameters(config, weights, _ -> false);
        Layers layers = new Layers(kernels, parameters);
        this.kernels = kernels;
        this.config = config;
        this.vision = new TrainableVision(kernels, config.vision(), layers);
        this.text = new TrainableText(kernels, config.text(), layers);
        this.logitScale = (float) Math.exp(parameters.get("logit_scale").value()[0]);
    }

    /**
     * An image and a text, and what was found.
     *
     * @param pixels [3, size, size]
     * @param ofImage the image's embedding
     * @param ofText the text's embedding
     * @param cosine of both embeddings
     * @param vision relevance of the image's tokens, the class token first
     * @param text relevance of the text's tokens, with start and end
     */
    record Pair(float[] pixels, float[] ofImage, float[] ofText, double cosine, double[] vision, double[] text) {}

    /** @param ids of the text, with start and end */
    Pair of(float[] pixels, int[] ids) {
        Batch pair = new Batch(pixels, List.of(ids));
        float[] imageFeatures = vision.forward(pair, 0, 1); // [projection]
        float[] textFeatures = text.forward(pair, 0, 1); // [projection]
        float[] ofImage = unit(imageFeatures);
        float[] ofText = unit(textFeatures);
        int tokens = config.text().tokens(ids);
        AttentionRelevance patches = new AttentionRelevance(kernels, config.vision().tower(), false,
                config.vision().tokens(), 0);
        AttentionRelevance pieces = new AttentionRelevance(kernels, config.text().tower(), true, tokens, tokens - 1);
        vision.observe(scoreGradient(imageFeatures, ofText), patches);
        text.observe(scoreGradient(textFeatures, ofImage), pieces);
        return new Pair(pixels, ofImage, ofText, dot(ofImage, ofText), patches.row(), pieces.row());
    }

    /** The cosines of the image and other texts. */
    double[] cosines(Pair pair, List<int[]> texts) {
        int n = texts.size();
        float[] features = text.forward(new Batch(new float[n], texts), 0, n); // [n, projection]
        return IntStream.range(0, n).mapToDouble(i -> dot(unit(row(features, i)), pair.ofImage)).toArray();
    }

    private float[] row(float[] features, int i) {
        return Arrays.copyOfRange(features, i * config.projection(), (i + 1) * config.projection());
    }

    private float[] unit(float[] features) {
        float[] unit = features.clone();
        kernels.normalize(unit, 1, unit.length);
        return unit;
    }

    /** Of {@code s cos(features, other)} by the features: [projection]. */
    private float[] scoreGradient(float[] features, float[] other) {
        float[] d = other.clone();
        for (int i = 0; i < d.length; i++) {
            d[i] *= logitScale;
        }
        kernels.normalizeGradient(features, 1, d.length, d, d);
        return d;
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
    }

    /**
     * The cosine of the text and each square of patches, whose tokens go through the tower without the others.
     *
     * @param window patches side by side, of {@code grid} in the image
     * @return of the squares, row by row
     */
    double[] windows(Pair pair, int grid, int window) {
        List<int[]> windows = new ArrayList<>();
        for (int top = 0; top <= grid - window; top++) {
            for (int left = 0; left <= grid - window; left++) {
                int first = top * grid + left;
                windows.add(IntStream.range(0, window * window)
                        .map(i -> first + i / window * grid + i % window).toArray());
            }
        }
        double[] cosines = new double[windows.size()];
        for (int from = 0; from < cosines.length; from += BATCH) {
            int n = Math.min(BATCH, cosines.length - from);
            float[] copies = new float[n * pair.pixels.length];
            for (int i = 0; i < n; i++) {
                System.arraycopy(pair.pixels, 0, copies, i * pair.pixels.length, pair.pixels.length);
            }
            Batch batch = new Batch(copies, Collections.nCopies(n, new int[0]))
                    .withPatches(windows.subList(from, from + n).toArray(int[][]::new));
            float[] features = vision.forward(batch, 0, n); // [n, projection]
            for (int i = 0; i < n; i++) {
                cosines[from + i] = dot(unit(row(features, i)), pair.ofText);
            }
        }
        return cosines;
    }
}
