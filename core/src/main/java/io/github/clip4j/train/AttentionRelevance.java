package io.github.clip4j.train;

import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.train.TrainableBlock.Tokens;
import java.util.stream.IntStream;

/**
 * How much each token of one sequence speaks for a score: gradient-weighted attention (Chefer et al., Generic
 * Attention-model Explainability for Interpreting Bi-Modal and Encoder-Decoder Transformers, 2021). With the attention
 * A of each head of a block and the gradient G of the score by it, {@code C = mean over heads of max(0, G ⊙ A)}, and
 * over the blocks from first to last {@code R = R + C R}, which begins as the identity. Wanted is one row of R, that of
 * the token that is projected, so it is made from its end: {@code r = r + r C} from the last block to the first.
 */
final class AttentionRelevance implements AttentionGradients {
    private final Kernels kernels;
    private final TowerConfig config;
    private final boolean causal;
    private final double[] row; // [tokens]

    /** @param query the token that is projected */
    AttentionRelevance(Kernels kernels, TowerConfig config, boolean causal, int tokens, int query) {
        this.kernels = kernels;
        this.config = config;
        this.causal = causal;
        this.row = new double[tokens];
        row[query] = 1;
    }

    /** Of each token, as far as the blocks were seen. */
    double[] row() {
        return row.clone();
    }

    @Override
    public void see(float[] qkv, Tokens tokens, float[] dAttended) {
        int[] queries = tokens.queries() == null ? IntStream.range(0, row.length).toArray() : tokens.queries();
        double[][] c = new double[queries.length][row.length];
        kernels.parallel(queries.length, i -> {
            for (int head = 0; head < config.heads(); head++) {
                add(qkv, queries[i], dAttended, i, head, c[i]);
            }
        });
        double[] before = row.clone();
        for (int i = 0; i < queries.length; i++) {
            for (int j = 0; j < row.length; j++) {
                row[j] += before[queries[i]] * c[i][j];
            }
        }
    }

    /** Adds what a head has for one row of C. */
    private void add(float[] qkv, int query, float[] dAttended, int dRow, int head, double[] c) {
        int hidden = config.hidden();
        int width = config.headDim();
        int visible = causal ? query + 1 : row.length;
        double[] p = new double[visible];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < visible; j++) {
            p[j] = dot(qkv, 3 * query * hidden + head * width, qkv, (3 * j + 1) * hidden + head * width, width)
                    / Math.sqrt(width);
            max = Math.max(max, p[j]);
        }
        double sum = 0;
        for (int j = 0; j < visible; j++) {
            p[j] = Math.exp(p[j] - max);
            sum += p[j];
        }
        for (int j = 0; j < visible; j++) {
            double gradient = dot(dAttended, dRow * hidden + head * width, qkv, (3 * j + 2) * hidden + head * width,
                    width);
            c[j] += Math.max(0, gradient * p[j] / sum) / config.heads();
        }
    }

    private static double dot(float[] a, int fromA, float[] b, int fromB, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) a[fromA + i] * b[fromB + i];
        }
        return sum;
    }
}
