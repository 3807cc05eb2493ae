package io.github.clip4j.bench;

import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import java.util.Arrays;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Images of 224 x 224 pixels to features, with CLIP ViT-B/32. */
public class ImageTower extends KernelBenchmark {
    /** Blocks of the towers; fewer for a quick look. */
    @Param("12")
    public int layers;

    @Param({"1", "32"})
    public int batch;

    private ClipModel model;
    private float[] pixels;
    private double gflop;

    @State(Scope.Thread)
    @AuxCounters
    public static class Images {
        public double images;
    }

    @Setup
    public void setUp() {
        openKernels();
        model = Towers.model(layers, kernels);
        VisionConfig vision = model.config().vision();
        int image = vision.channels() * vision.imageSize() * vision.imageSize();
        pixels = uniform(1, batch * image);
        gflop = Towers.imageGflop(model.config());
        float[] last = Arrays.copyOfRange(pixels, (batch - 1) * image, batch * image);
        float[] expected = Towers.model(layers, oracle).imageFeatures(last, 1, Trace.NONE);
        float[] found = model.imageFeatures(pixels, batch, Trace.NONE);
        Check.near("features of an image", expected,
                Arrays.copyOfRange(found, found.length - expected.length, found.length), 1e-5);
    }

    @Benchmark
    public float[] embed(Images images, Flops flops) {
        images.images += batch;
        flops.gflop += batch * gflop;
        return model.imageFeatures(pixels, batch, Trace.NONE);
    }
}
