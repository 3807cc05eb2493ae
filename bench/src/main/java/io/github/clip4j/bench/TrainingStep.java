package io.github.clip4j.bench;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Activation;
import io.github.clip4j.model.MultiplyAdds;
import io.github.clip4j.train.AdamW;
import io.github.clip4j.train.Batch;
import io.github.clip4j.train.BatchLoss;
import io.github.clip4j.train.ContrastiveLoss;
import io.github.clip4j.train.ModelParameters;
import io.github.clip4j.train.Parameter;
import io.github.clip4j.train.TrainableClip;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Forward, backward and AdamW for a batch of images with captions of 8 to 18 tokens, 13 on average. The backward of a
 * product is two products of its size, so the work counts as three times that of embedding.
 */
@Fork(value = 1, jvmArgsPrepend = {"--add-modules", "jdk.incubator.vector", "-Xmx8g"})
public class TrainingStep extends KernelBenchmark {
    /** Blocks of the towers of ViT-B/32; fewer for a quick look. */
    @Param("12")
    public int layers;

    /** The small model has 2 blocks of 128 wide and takes images of 32 x 32. */
    @Param({"ViT-B/32", "small"})
    public String model;

    /** Pairs in a step. */
    @Param("32")
    public int batch;

    /** Pairs whose activations are held at a time. */
    @Param("32")
    public int microBatch;

    private ModelParameters parameters;
    private TrainableClip clip;
    private AdamW optimizer;
    private Batch pairs;
    private double gflop;

    @State(Scope.Thread)
    @AuxCounters
    public static class Pairs {
        public double pairs;
    }

    @Setup
    public void setUp() {
        openKernels();
        ClipConfig config = model.equals("small") ? small() : Towers.config(layers);
        parameters = new ModelParameters(config, new SyntheticCheckpoint(config), _ -> true);
        // the logit scale of these weights is at CLIP's clamp, at which the loss has no slope
        clip = new TrainableClip(config, parameters, kernels, new ContrastiveLoss(5, false, null));
        pairs = pairs(config);
        gflop = pairs.texts().stream()
                .mapToDouble(ids -> 6e-9 * (MultiplyAdds.ofImage(config) + MultiplyAdds.ofText(config, ids.length)))
                .sum();
        check();
        optimizer = new AdamW(parameters.trained(), AdamW.Settings.DEFAULT, kernels);
    }

    private static ClipConfig small() {
        TowerConfig vision = new TowerConfig(128, 256, 2, 4, Activation.QUICK_GELU, 1e-5f);
        TowerConfig text = new TowerConfig(128, 192, 2, 2, Activation.QUICK_GELU, 1e-5f);
        return new ClipConfig(new VisionConfig(vision, 32, 8, 3), new TextConfig(text, 260, 18, 259), 128);
    }

    private Batch pairs(ClipConfig config) {
        VisionConfig vision = config.vision();
        TextConfig text = config.text();
        Random random = new Random(1);
        List<int[]> texts = random.ints(batch, 8, 19).mapToObj(length -> {
            int[] ids = random.ints(length, 0, text.endTokenId()).toArray();
            ids[length - 1] = text.endTokenId();
            return ids;
        }).toList();
        return new Batch(uniform(2, batch * vision.channels() * vision.imageSize() * vision.imageSize()), texts);
    }

    /** A small step along the gradient changes the loss by the gradient's length times the step's. */
    private void check() {
        clip.gradients(pairs, microBatch);
        double length = 0;
        for (Parameter parameter : parameters.all()) {
            for (float g : parameter.gradient()) {
                length += (double) g * g;
            }
        }
        length = Math.sqrt(length);
        float change = 0.01f; // of the loss, upwards and downwards
        float step = (float) (change / (length * length));
        double above = lossAfter(step);
        double below = lossAfter(-2 * step);
        lossAfter(step);
        parameters.zeroGradients();
        Check.near("slope of the loss along its gradient", length, (above - below) / (2 * change) * length,
                0.05 * length);
    }

    /** The loss after all parameters have moved by so many times their gradients. */
    private double lossAfter(float step) {
        for (Parameter parameter : parameters.all()) {
            for (int i = 0; i < parameter.value().length; i++) {
                parameter.value()[i] += step * parameter.gradient()[i];
            }
        }
        clip.refresh();
        return clip.loss(pairs, microBatch).loss();
    }

    @Benchmark
    public BatchLoss step(Pairs count, Flops flops) {
        BatchLoss loss = clip.gradients(pairs, microBatch);
        optimizer.step(1e-6);
        clip.refresh();
        count.pairs += batch;
        flops.gflop += gflop;
        return loss;
    }
}
