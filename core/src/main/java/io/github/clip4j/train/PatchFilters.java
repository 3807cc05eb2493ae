package io.github.clip4j.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Weights of a patch embedding that makes what photographs have little of as large as what they have much of. Filter
 * (u, v, c) of a patch of p x p pixels is a cosine wave in one of three directions of colour,
 *
 * <pre>
 * a[u] cos(π (y + 1/2) u / p) · a[v] cos(π (x + 1/2) v / p) · colour[c]
 * a[0] = sqrt(1 / p), a[u] = sqrt(2 / p)
 * colour = (1, 1, 1) / √3, (1, 0, -1) / √2, (1, -2, 1) / √6
 * </pre>
 *
 * and its output has, of pixels of mean 0 and deviation 1, about the standard deviation
 *
 * <pre>
 * σ = p / 4 · r^-0.85           brightness, r = max(sqrt(u² + v²), 1/4)
 * σ = 0.15 p / 4 · r^-1.5       both other colours
 * </pre>
 *
 * The filters of the largest σ are taken, times 0.6 / σ. That brightness falls off a little less than 1 / r, and colours
 * are weaker and smoother, holds for photographs in general: Field: Relations between the statistics of natural images
 * and the response properties of cortical cells, 1987; the waves and colours are about the principal components:
 * Hyvärinen et al.: Natural Image Statistics, 2009.
 */
final class PatchFilters {
    private static final double OUTPUT = 0.6;
    private static final double[][] COLORS = {unit(1, 1, 1), unit(1, 0, -1), unit(1, -2, 1)};

    private PatchFilters() {}

    private record Filter(int u, int v, int color, double deviation) {}

    private static double[] unit(double red, double green, double blue) {
        double length = Math.sqrt(red * red + green * green + blue * blue);
        return new double[]{red / length, green / length, blue / length};
    }

    /** Fills the first rows of weights [outputs, 3, size, size]; there are 3 size² filters. */
    static void fill(float[] weights, int size) {
        List<Filter> filters = filters(size);
        int length = 3 * size * size;
        for (int row = 0; row < Math.min(weights.length / length, filters.size()); row++) {
            Filter filter = filters.get(row);
            double scale = OUTPUT / filter.deviation;
            for (int i = 0; i < length; i++) {
                double wave = wave(filter.u, i / size % size, size) * wave(filter.v, i % size, size);
                weights[row * length + i] = (float) (scale * wave * COLORS[filter.color][i / (size * size)]);
            }
        }
    }

    /** All, those of the largest standard deviation first. */
    private static List<Filter> filters(int size) {
        List<Filter> filters = new ArrayList<>();
        for (int u = 0; u < size; u++) {
            for (int v = 0; v < size; v++) {
                double r = Math.max(Math.sqrt(u * u + v * v), 0.25);
                for (int color = 0; color < COLORS.length; color++) {
                    double share = color == 0 ? Math.pow(r, -0.85) : 0.15 * Math.pow(r, -1.5);
                    filters.add(new Filter(u, v, color, size / 4.0 * share));
                }
            }
        }
        filters.sort(Comparator.comparingDouble(Filter::deviation).reversed());
        return filters;
    }

    private static double wave(int frequency, int position, int size) {
        return Math.sqrt((frequency == 0 ? 1.0 : 2.0) / size) * Math.cos(Math.PI * (position + 0.5) * frequency / size);
    }
}
