package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.Parameters;
import io.github.clip4j.checkpoint.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** All tensors of a model in training, in the order in which transformers' CLIPModel lists its parameters. */
public final class ModelParameters {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    private ModelParameters(ClipConfig config, Predicate<String> trained,
            BiFunction<String, List<Long>, float[]> values) {
        Parameters.shapes(config).forEach((name, shape) -> {
            float[] value = values.apply(name, shape);
            parameters.put(name,
                    new Parameter(name, shape, value, trained.test(name) ? new float[value.length] : null));
        });
    }

    /**
     * Reads the tensors of a checkpoint.
     *
     * @param trained which tensors get a gradient, by name
     * @throws CheckpointException if a tensor is missing or has another shape than the config asks for
     */
    public ModelParameters(ClipConfig config, Checkpoint checkpoint, Predicate<String> trained) {
        this(config, trained, (name, shape) -> Parameters.tensor(checkpoint, name, shape).floats());
    }

    /**
     * The weights of a model that has not been trained: layer norms 1 and 0, biases 0, logit scale ln(1 / 0.07), all
     * else normally distributed with the standard deviations of OpenAI's CLIP. The same seed gives the same weights.
     */
    public static ModelParameters initial(ClipConfig config, long seed, Predicate<String> trained) {
        return new ModelParameters(config, trained, new Initialization(config, seed)::values);
    }

    /**
     * The same but for the vision tower, whose patches, positions and attention begin as those of trained models mostly
     * end, which helps where images are few: Trockman, Kolter: Mimetic Initialization of Self-Attention Layers, 2023.
     *
     * @throws IllegalArgumentException if the hidden size of the vision tower is not a multiple of 4, or images have
     *     not 3 channels
     */
    public static ModelParameters mimetic(ClipConfig config, long seed, Predicate<String> trained) {
        return new ModelParameters(config, trained, new MimeticInitialization(config, seed)::values);
    }

    /** The tensor of a name that the model has. */
    public Parameter get(String name) {
        return parameters.get(name);
    }

    /** All tensors. */
    public Collection<Parameter> all() {
        return parameters.values();
    }

    /** Those that an optimiser changes. */
    public List<Parameter> trained() {
        return parameters.values().stream().filter(Parameter::trained).toList();
    }

    /** The values as tensors of a checkpoint, over the same arrays. */
    public List<Tensor> tensors() {
        return parameters.values().stream().map(Parameter::tensor).toList();
    }

    /** Sets all gradients to zero. */
    public void zeroGradients() {
        trained().forEach(parameter -> Arrays.fill(parameter.gradient(), 0));
    }
}
