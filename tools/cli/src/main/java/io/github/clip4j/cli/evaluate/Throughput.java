package io.github.clip4j.cli.evaluate;

import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.FmaPeak;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.MultiplyAdds;
import io.github.clip4j.model.Trace;
import io.github.clip4j.tokenizer.ClipTokenizer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * What a machine gets out of a model, per second.
 *
 * @param peakGflops the machine's FMA peak
 * @param imagesBatch1 pixels to embeddings, one image after the other
 * @param imagesBatch32 the same, 32 at once
 * @param texts strings to embeddings
 * @param shareOfPeak of 32 images at once, from 0 to 1
 */
record Throughput(double peakGflops, double imagesBatch1, double imagesBatch32, double texts, double shareOfPeak) {
    private static final int BATCH = 32;
    private static final int REPEATS = 5;
    /** Periods that the compiler is given. */
    private static final int WARM_UP = 3;
    /** How often {@link #measure} tells that it goes on: for each of four figures a warm-up and the repeats. */
    static final int STEPS = 4 * (1 + REPEATS);

    /**
     * @param period the shortest time of a repeat
     * @param step called after each of the {@link #STEPS}
     */
    static Throughput measure(ClipModel model, ClipTokenizer tokenizer, List<String> texts, FmaPeak peak,
            Duration period, Runnable step) {
        float[] one = pixels(model.config().vision(), 1);
        float[] many = pixels(model.config().vision(), BATCH);
        List<DoubleSupplier> works = List.of(peak::run, () -> embedImages(model, one, 1),
                () -> embedImages(model, many, BATCH), () -> embedTexts(model, tokenizer, texts));
        double[] best = best(works, period, step);
        double gflops = best[2] * 2e-9 * MultiplyAdds.ofImage(model.config());
        return new Throughput(best[0], best[1], best[2], best[3], gflops / best[0]);
    }

    /**
     * The highest rate of each, for what else runs on the machine can only slow it down. They take turns, so that they
     * have the same luck.
     */
    private static double[] best(List<DoubleSupplier> works, Duration period, Runnable step) {
        for (DoubleSupplier work : works) {
            rate(work, period.multipliedBy(WARM_UP));
            step.run();
        }
        double[] best = new double[works.size()];
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            for (int i = 0; i < best.length; i++) {
                best[i] = Math.max(best[i], rate(works.get(i), period));
                step.run();
            }
        }
        return best;
    }

    private static float[] pixels(VisionConfig config, int images) {
        Random random = new Random(1);
        float[] pixels = new float[images * config.channels() * config.imageSize() * config.imageSize()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = 2 * random.nextFloat() - 1;
        }
        return pixels;
    }

    private static double embedImages(ClipModel model, float[] pixels, int n) {
        model.normalize(model.imageFeatures(pixels, n, Trace.NONE));
        return n;
    }

    private static double embedTexts(ClipModel model, ClipTokenizer tokenizer, List<String> texts) {
        for (int from = 0; from < texts.size(); from += BATCH) {
            List<String> batch = texts.subList(from, Math.min(from + BATCH, texts.size()));
            List<int[]> ids = tokenizer.encodeAll(batch, model.config().text().contextLength());
            model.normalize(model.textFeatures(ids, Trace.NONE));
        }
        return texts.size();
    }

    /** Work per second, done again until the period is over. */
    private static double rate(DoubleSupplier work, Duration period) {
        long start = System.nanoTime();
        double done = 0;
        long nanos;
        do {
            done += work.getAsDouble();
            nanos = System.nanoTime() - start;
        } while (nanos < period.toNanos());
        return 1e9 * done / nanos;
    }
}
