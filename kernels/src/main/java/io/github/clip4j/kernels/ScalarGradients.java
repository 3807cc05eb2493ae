package io.github.clip4j.kernels;

import java.util.List;

/** The plainest loop for every formula, with sums in float64: the oracle. */
final class ScalarGradients implements Gradients {
    private final Workers workers;

    ScalarGradients(Workers workers) {
        this.workers = workers;
    }

    @Override
    public void weights(float[] dy, float[] x, int m, int n, int k, float[] dw, float[] db) {
        workers.forEach(n, i -> {
            for (int j = 0; j < k; j++) {
                double sum = 0;
                for (int r = 0; r < m; r++) {
                    sum += (double) dy[r * n + i] * x[r * k + j];
                }
                dw[i * k + j] += (float) sum;
            }
            if (db != null) {
                double sum = 0;
                for (int r = 0; r < m; r++) {
                    sum += dy[r * n + i];
                }
                db[i] += (float) sum;
            }
        });
    }

    @Override
    public void activate(Activation activation, float[] x, float[] dy, int n) {
        for (int i = 0; i < n; i++) {
            dy[i] = (float) (dy[i] * slope(activation, x[i]));
        }
    }

    private static double slope(Activation activation, double x) {
        return switch (activation) {
            case QUICK_GELU -> {
                double sigmoid = 1 / (1 + Math.exp(-1.702 * x));
                yield sigmoid * (1 + 1.702 * x * (1 - sigmoid));
            }
            case GELU -> {
                double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
                yield 0.5 * (1 + ScalarKernels.erf(x / Math.sqrt(2))) + x * density;
            }
        };
    }

    @Override
    public void layerNorm(float[] x, int rows, float[] weight, float epsilon, float[] dy, float[] dx, float[] dWeight,
            float[] dBias) {
        int n = weight.length;
        double[] normal = new double[n];
        double[] weightSums = new double[n];
        double[] biasSums = new double[n];
        for (int r = 0; r < rows; r++) {
            double scale = normal(x, r * n, epsilon, normal);
            double mean = 0; // of d normal
            double slope = 0; // of d normal on normal
            for (int i = 0; i < n; i++) {
                double dNormal = (double) dy[r * n + i] * weight[i];
                mean += dNormal / n;
                slope += dNormal * normal[i] / n;
                weightSums[i] += dy[r * n + i] * normal[i];
                biasSums[i] += dy[r * n + i];
            }
            for (int i = 0; i < n; i++) {
                double dNormal = (double) dy[r * n + i] * weight[i];
                dx[r * n + i] += (float) (scale * (dNormal - mean - slope * normal[i]));
            }
        }
        add(weightSums, dWeight);
        add(biasSums, dBias);
    }

    /** {@code normal = (x - mean) * scale} of one row; returns the scale, {@code 1 / sqrt(variance + epsilon)}. */
    private static double normal(float[] x, int from, float epsilon, double[] normal) {
        int n = normal.length;
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += x[from + i];
        }
        mean /= n;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            normal[i] = x[from + i] - mean;
            squares += normal[i] * normal[i];
        }
        double scale = 1 / Math.sqrt(squares / n + epsilon);
        for (int i = 0; i < n; i++) {
            normal[i] *= scale;
        }
        return scale;
    }

    private static void add(double[] sums, float[] gradient) {
        if (gradient != null) {
            for (int i = 0; i < sums.length; i++) {
                gradient[i] += (float) sums[i];
            }
        }
    }

    @Override
    public void attention(AttentionShape shape, float[] qkv, float[] dOut, float[] dQkv) {
        List<AttentionShape.Task> tasks = shape.tasks();
        workers.forEach(tasks.size() * shape.heads(), i -> {
            head(shape, tasks.get(i / shape.heads()), i % shape.heads() * shape.headDim(), qkv, dOut, dQkv);
        });
    }

    private static void head(AttentionShape shape, AttentionShape.Task task, int column, float[] qkv, float[] dOut,
            float[] dQkv) {
        int dim = shape.headDim();
        double[] dK = new double[task.length() * dim];
        double[] dV = new double[task.length() * dim];
        for (int i = 0; i < task.queries(); i++) {
            int query = task.row(task.firstQuery() + i) * shape.stride() + column;
            int out = (task.out() + i) * shape.hidden() + column;
            double[] p = probabilities(shape, task, task.firstQuery() + i, column, qkv);
            double[] dP = new double[p.length];
            double mean = 0;
            for (int j = 0; j < p.length; j++) {
                int value = task.row(j) * shape.stride() + 2 * shape.hidden() + column;
                dP[j] = dot(dOut, out, qkv, value, dim);
                mean += p[j] * dP[j];
            }
            double[] dQ = new double[dim];
            for (int j = 0; j < p.length; j++) {
                double dScore = shape.scale() * p[j] * (dP[j] - mean);
                int key = task.row(j) * shape.stride() + shape.hidden() + column;
                for (int d = 0; d < dim; d++) {
                    dQ[d] += dScore * qkv[key + d];
                    dK[j * dim + d] += dScore * qkv[query + d];
                    dV[j * dim + d] += p[j] * dOut[out + d];
                }
            }
            write(dQ, 0, dim, dQkv, query);
        }
        for (int j = 0; j < task.length(); j++) {
            int key = task.row(j) * shape.stride() + shape.hidden() + column;
            write(dK, j * dim, dim, dQkv, key);
            write(dV, j * dim, dim, dQkv, key + shape.hidden());
        }
    }

    /** Softmax of one token's scores over the tokens that it sees. */
    private static double[] probabilities(AttentionShape shape, AttentionShape.Task task, int token, int column,
            float[] qkv) {
        double[] p = new double[shape.visible(token, task)];
        int query = task.row(token) * shape.stride() + column;
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < p.length; j++) {
            int key = task.row(j) * shape.stride() + shape.hidden() + column;
            p[j] = shape.scale() * dot(qkv, query, qkv, key, shape.headDim());
            max = Math.max(max, p[j]);
        }
        double sum = 0;
        for (int j = 0; j < p.length; j++) {
            p[j] = Math.exp(p[j] - max);
            sum += p[j];
        }
        for (int j = 0; j < p.length; j++) {
            p[j] /= sum;
        }
        return p;
    }

    private static double dot(float[] a, int ao, float[] b, int bo, int n) {
        double dot = 0;
        for (int i = 0; i < n; i++) {
            dot += (double) a[ao + i] * b[bo + i];
        }
        return dot;
    }

    private static void write(double[] from, int at, int n, float[] to, int offset) {
        for (int i = 0; i < n; i++) {
            to[offset + i] = (float) from[at + i];
        }
    }
}
