package io.github.clip4j.train;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.kernels.Activation;
import io.github.clip4j.kernels.Kernels;
import java.util.List;
import java.util.SplittableRandom;

/** Steps of a small model along gradients that are random: a run without data. */
final class SmallRun {
    static final ClipConfig CONFIG = new ClipConfig(
            new VisionConfig(new TowerConfig(12, 20, 2, 2, Activation.QUICK_GELU, 1e-5f), 32, 8, 3),
            new TextConfig(new TowerConfig(8, 16, 3, 2, Activation.QUICK_GELU, 1e-5f), 600, 16, 599), 10);

    final ModelParameters parameters;
    final Optimizer optimizer;
    final WeightAverage average;

    SmallRun(ModelParameters parameters, Kernels kernels) {
        this.parameters = parameters;
        this.optimizer = new AdamW(parameters.trained(), AdamW.Settings.DEFAULT, kernels);
        this.average = new WeightAverage(parameters.trained(), 0.9, kernels);
    }

    static SmallRun start(Kernels kernels) {
        return new SmallRun(ModelParameters.initial(CONFIG, 1, name -> !name.startsWith("text")), kernels);
    }

    void steps(int from, int to) {
        List<Parameter> trained = parameters.trained();
        for (int step = from; step < to; step++) {
            SplittableRandom random = new SplittableRandom(step);
            for (Parameter parameter : trained) {
                for (int i = 0; i < parameter.gradient().length; i++) {
                    parameter.gradient()[i] = (float) random.nextGaussian();
                }
            }
            optimizer.step(1e-3);
            average.update();
        }
    }
}
