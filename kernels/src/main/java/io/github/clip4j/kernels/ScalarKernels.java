package io.github.clip4j.kernels;

import java.util.List;
import java.util.function.Supplier;

/**
 * The plainest loop for every formula, with sums in float64: the oracle, and the fallback where vectors are missing.
 */
final class ScalarKernels extends Kernels {
    private final String reason;
    private final Gradients gradients;

    ScalarKernels(int threads, String reason) {
        super(threads, 1); // panels of one column: row-major weights
        this.reason = reason;
        this.gradients = new ScalarGradients(workers);
    }

    @Override
    public String description() {
        return "scalar arithmetic (" + reason + "), " + threads() + " threads";
    }

    @Override
    public Supplier<Void> warmUp(boolean large) {
        return () -> null;
    }

    @Override
    Gradients gradients() {
        return gradients;
    }

    @Override
    int rowsOfOnePass() {
        return 0;
    }

    @Override
    void product(float[] a, int m, PackedMatrix w, RowReader unread, float[] bias, Epilogue epilogue, float[] c) {
        float[] data = w.data;
        workers.forEach(m, i -> {
            for (int j = 0; j < w.n; j++) {
                double sum = bias == null ? 0 : bias[j];
                for (int p = 0; p < w.k; p++) {
                    sum += (double) a[i * w.k + p] * data[j * w.k + p];
                }
                c[i * w.n + j] = switch (epilogue) {
                    case Epilogue.None() -> (float) sum;
                    case Epilogue.Activate(Activation activation) -> activate(activation, (float) sum);
                    case Epilogue.Add(float[] residual) -> residual[i * w.n + j] + (float) sum;
                };
            }
        });
    }

    @Override
    void attend(AttentionShape shape, float[] qkv, float[] out) {
        List<AttentionShape.Task> tasks = shape.tasks();
        workers.forEach(tasks.size() * shape.heads(), i -> {
            attendHead(shape, tasks.get(i / shape.heads()), i % shape.heads() * shape.headDim(), qkv, out);
        });
    }

    private void attendHead(AttentionShape shape, AttentionShape.Task task, int column, float[] qkv, float[] out) {
        float[] scores = new float[task.length()];
        for (int i = 0; i < task.queries(); i++) {
            int visible = shape.visible(task.firstQuery() + i, task);
            int query = task.row(task.firstQuery() + i) * shape.stride() + column;
            for (int j = 0; j < visible; j++) {
                int key = task.row(j) * shape.stride() + shape.hidden() + column;
                double dot = 0;
                for (int d = 0; d < shape.headDim(); d++) {
                    dot += (double) qkv[query + d] * qkv[key + d];
                }
                scores[j] = (float) dot;
            }
            softmaxRow(scores, 0, visible, shape.scale());
            for (int d = 0; d < shape.headDim(); d++) {
                double sum = 0;
                for (int j = 0; j < visible; j++) {
                    sum += (double) scores[j] * qkv[task.row(j) * shape.stride() + 2 * shape.hidden() + column + d];
                }
                out[(task.out() + i) * shape.hidden() + column + d] = (float) sum;
            }
        }
    }

    @Override
    void normalizeLayer(float[] x, int rows, float[] weight, float[] bias, float epsilon, float[] y) {
        int n = weight.length;
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += x[r * n + i];
            }
            double mean = sum / n;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                squares += (x[r * n + i] - mean) * (x[r * n + i] - mean);
            }
            double scale = 1 / Math.sqrt(squares / n + epsilon);
            for (int i = 0; i < n; i++) {
                y[r * n + i] = (float) ((x[r * n + i] - mean) * scale * weight[i] + bias[i]);
            }
        }
    }

    @Override
    void apply(Activation activation, float[] x, int n, float[] y) {
        for (int i = 0; i < n; i++) {
            y[i] = activate(activation, x[i]);
        }
    }

    private static float activate(Activation activation, float x) {
        return (float) switch (activation) {
            case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
            case GELU -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
        };
    }

    /** Abramowitz and Stegun 7.1.6: {@code 2 / sqrt(pi) e^-x² sum of 2^i x^(2i+1) / (1 · 3 · ... · (2i+1))}. */
    static double erf(double x) {
        if (!(Math.abs(x) < 6)) { // 1 - erf(6) is 2e-17
            return Math.signum(x);
        }
        double sum = x;
        double term = x;
        for (int i = 1; Math.abs(term) > 1e-17 * Math.abs(sum); i++) {
            term *= 2 * x * x / (2 * i + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    @Override
    void softmaxRow(float[] x, int from, int n, float scale) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + n; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            sum += Math.exp((double) scale * (x[i] - max));
        }
        for (int i = from; i < from + n; i++) {
            x[i] = (float) (Math.exp((double) scale * (x[i] - max)) / sum);
        }
    }
}
