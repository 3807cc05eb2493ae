package io.github.clip4j.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Indexes of random unit vectors. */
final class TestIndex {
    static final ModelId MODEL = new ModelId("model", "0123456789abcdef".repeat(4));

    private TestIndex() {}

    static float[] unit(Random random, int dimension) {
        return unit(random, new float[dimension], 1);
    }

    /** A unit vector near a centre: {@code centre + deviation * normal noise}, scaled. */
    static float[] unit(Random random, float[] centre, double deviation) {
        double[] vector = new double[centre.length];
        double squares = 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] = centre[i] + deviation * random.nextGaussian();
            squares += vector[i] * vector[i];
        }
        float[] unit = new float[centre.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / Math.sqrt(squares));
        }
        return unit;
    }

    static List<float[]> units(Random random, int n, int dimension) {
        List<float[]> units = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            units.add(unit(random, dimension));
        }
        return units;
    }

    /** The image of a number. */
    static IndexedImage image(int i) {
        return new IndexedImage("/photos/%d/image %03d.jpg".formatted(i % 3, i), 1000 + i, 1_700_000_000_000L + i,
                Sha256.hex(Sha256.digest().digest(new byte[]{(byte) (i >> 8), (byte) i})), 640, 480);
    }

    static ImageIndexWriter writer(Path folder, int dimension) {
        return ImageIndexWriter.open(folder, MODEL, dimension, false);
    }

    /** Vector i at the path of image i, with a commit after each {@code segment} of them. */
    static void write(Path folder, List<float[]> vectors, int segment, boolean quantized) {
        try (ImageIndexWriter writer = ImageIndexWriter.open(folder, MODEL, vectors.getFirst().length, quantized)) {
            for (int i = 0; i < vectors.size(); i++) {
                writer.put(image(i), vectors.get(i));
                if ((i + 1) % segment == 0) {
                    writer.commit();
                }
            }
            writer.commit();
        }
    }

    static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
