package io.github.clip4j.train;

import io.github.clip4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Makes the layers of a model in training from the parameters under a prefix of their names. */
final class Layers {
    private final Kernels kernels;
    private final ModelParameters parameters;
    private final String prefix;
    /** All that were made, under any prefix. */
    private final List<TrainableLinear> linears;

    Layers(Kernels kernels, ModelParameters parameters) {
        this(kernels, parameters, "", new ArrayList<>());
    }

    private Layers(Kernels kernels, ModelParameters parameters, String prefix, List<TrainableLinear> linears) {
        this.kernels = kernels;
        this.parameters = parameters;
        this.prefix = prefix;
        this.linears = linears;
    }

    /** The part of the model under a longer prefix. */
    Layers at(String part) {
        return new Layers(kernels, parameters, prefix + part, linears);
    }

    /** Whether any parameter under the prefix is trained. */
    boolean trained() {
        return parameters.trained().stream().anyMatch(parameter -> parameter.name().startsWith(prefix));
    }

    Parameter parameter(String name) {
        return parameters.get(prefix + name);
    }

    TrainableLayerNorm layerNorm(String name, float epsilon) {
        return new TrainableLayerNorm(kernels, parameter(name + ".weight"), parameter(name + ".bias"), epsilon);
    }

    /** Layers of the same input as one, their outputs side by side. */
    TrainableLinear linear(String... names) {
        return linear(parameters(names, ".weight"), parameters(names, ".bias"));
    }

    /** A layer without bias. */
    TrainableLinear matrix(String name) {
        return linear(List.of(parameter(name + ".weight")), List.of());
    }

    private List<Parameter> parameters(String[] names, String suffix) {
        return Stream.of(names).map(name -> parameter(name + suffix)).toList();
    }

    private TrainableLinear linear(List<Parameter> weights, List<Parameter> biases) {
        TrainableLinear linear = new TrainableLinear(kernels, weights, biases);
        linears.add(linear);
        return linear;
    }

    /** Every layer whose weights are packed. */
    List<TrainableLinear> linears() {
        return linears;
    }
}
