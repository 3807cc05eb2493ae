package io.github.clip4j.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.train.Adafactor;
import io.github.clip4j.train.AdamW;
import io.github.clip4j.train.Batch;
import io.github.clip4j.train.ModelParameters;
import io.github.clip4j.train.Optimizer;
import io.github.clip4j.train.Parameter;
import io.github.clip4j.train.TrainableClip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Trains a model on recorded batches and compares gradients, losses and parameters with what PyTorch and optax computed
 * from them. A reference folder holds
 *
 * <pre>
 * initial/                                     the model
 * batches.safetensors                          0.pixel_values, 0.input_ids, 1.pixel_values, ...
 * gradients-batch0.safetensors                 d loss / d parameter in the initial model
 * trajectory.json                              learning_rate, adamw_losses, adafactor_losses: a number for each step
 * adamw-after-step-N.safetensors, adafactor-   the parameters after N steps, where they are there
 * </pre>
 */
public final class TrainingComparison {
    private static final double GRADIENT = 1e-4;
    private static final double KEY_BIAS_GRADIENT = 1e-6;
    private static final double LOSS = 1e-4;
    private static final double ADAMW = 1e-5;
    private static final double ADAFACTOR = 1e-4;

    /**
     * The gradient of a key's bias is 0, as it adds the same to all scores of a query. What is computed is rounding
     * noise, and both optimisers scale a gradient up, however small it is.
     */
    private static final Predicate<Parameter> KEY_BIAS = parameter -> parameter.name().endsWith("k_proj.bias");

    private final Path reference;
    private final Kernels kernels;
    private final Trajectory trajectory;
    private final List<TrainingDeviation> deviations = new ArrayList<>();

    private record Trajectory(List<Double> learningRates, List<Double> adamwLosses, List<Double> adafactorLosses) {
        static Trajectory read(Path file) {
            try {
                JsonNode json = new JsonMapper().readTree(file.toFile());
                int steps = json.path("learning_rate").size();
                return new Trajectory(numbers(file, json, "learning_rate", steps),
                        numbers(file, json, "adamw_losses", steps), numbers(file, json, "adafactor_losses", steps));
            } catch (IOException e) {
                throw new CheckpointException(file + ": cannot be read: " + e, e);
            }
        }

        private static List<Double> numbers(Path file, JsonNode json, String field, int steps) {
            List<Double> numbers = json.path(field).valueStream().filter(JsonNode::isNumber).map(JsonNode::asDouble)
                    .toList();
            if (steps == 0 || numbers.size() != steps || json.path(field).size() != steps) {
                throw new CheckpointException(
                        file + ": expected learning_rate and " + field + " with a number for each step");
            }
            return numbers;
        }
    }

    private TrainingComparison(Path reference, Kernels kernels) {
        this.reference = reference;
        this.kernels = kernels;
        this.trajectory = Trajectory.read(reference.resolve("trajectory.json"));
    }

    /**
     * The deviations of the gradients, then those of the losses and parameters with AdamW, then with Adafactor.
     *
     * @throws CheckpointException if the folder lacks a file or does not fit its model
     */
    public static List<TrainingDeviation> run(Path reference, Kernels kernels) {
        return new TrainingComparison(reference, kernels).run();
    }

    private List<TrainingDeviation> run() {
        ClipConfig config = ClipConfig.read(reference.resolve("initial/config.json"));
        try (Checkpoint initial = Checkpoint.open(reference.resolve("initial"));
                Checkpoint batches = Checkpoint.open(reference.resolve("batches.safetensors"))) {
            Supplier<ModelParameters> parameters = () -> new ModelParameters(config, initial, _ -> true);
            compareGradients(config, parameters.get(), batch(batches, 0));
            train(config, parameters.get(), batches, "adamw", trajectory.adamwLosses(), false, ADAMW,
                    trained -> new AdamW(trained, AdamW.Settings.DEFAULT, kernels));
            train(config, parameters.get(), batches, "adafactor", trajectory.adafactorLosses(), true, ADAFACTOR,
                    trained -> new Adafactor(trained, kernels));
        }
        return deviations;
    }

    private static Batch batch(Checkpoint batches, int step) {
        return new Batch(batches.tensor(step + ".pixel_values").floats(),
                ReferenceComparison.texts(batches.tensor(step + ".input_ids")));
    }

    private void compareGradients(ClipConfig config, ModelParameters parameters, Batch batch) {
        new TrainableClip(config, parameters, kernels).gradients(batch, batch.size());
        try (Checkpoint expected = Checkpoint.open(reference.resolve("gradients-batch0.safetensors"))) {
            compare("gradients", parameters, KEY_BIAS.negate(), Parameter::gradient, expected, true, GRADIENT);
            compare("gradients of key biases", parameters, KEY_BIAS, Parameter::gradient, expected, false,
                    KEY_BIAS_GRADIENT);
        }
    }

    private void train(ClipConfig config, ModelParameters parameters, Checkpoint batches, String name,
            List<Double> losses, boolean relative, double bound, Function<List<Parameter>, Optimizer> create) {
        TrainableClip model = new TrainableClip(config, parameters, kernels);
        Optimizer optimizer = create.apply(parameters.trained());
        Worst worst = new Worst();
        for (int step = 0; step < losses.size(); step++) {
            Batch batch = batch(batches, step);
            double loss = model.gradients(batch, batch.size()).loss();
            worst.add("step " + step, Math.abs(loss - losses.get(step)));
            optimizer.step(trajectory.learningRates().get(step));
            model.refresh();
            Path after = reference.resolve(name + "-after-step-" + (step + 1) + ".safetensors");
            if (Files.exists(after)) {
                try (Checkpoint expected = Checkpoint.open(after)) {
                    compare(name + " parameters after step " + (step + 1), parameters, KEY_BIAS.negate(),
                            Parameter::value, expected, relative, bound);
                }
            }
        }
        deviations.add(worst.of(name + " losses", false, LOSS));
    }

    private void compare(String results, ModelParameters parameters, Predicate<Parameter> which,
            Function<Parameter, float[]> values, Checkpoint expected, boolean relative, double bound) {
        Worst worst = new Worst();
        parameters.all().stream().filter(which).forEach(parameter -> {
            Difference difference = Difference.of(expected.tensor(parameter.name()), values.apply(parameter));
            worst.add(parameter.name(), relative ? difference.relative() : difference.absolute());
        });
        deviations.add(worst.of(results, relative, bound));
    }

    /** Gathers the largest error and where it is; NaN counts as infinite. */
    private static final class Worst {
        private String where;
        private double error = -1;

        void add(String where, double error) {
            if (!(error <= this.error)) {
                this.where = where;
                this.error = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
            }
        }

        TrainingDeviation of(String results, boolean relative, double bound) {
            return new TrainingDeviation(results, where, relative, error, bound);
        }
    }
}
