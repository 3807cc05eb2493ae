package io.github.clip4j.search;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a commit says of its index as a whole.
 *
 * @param model that made the vectors
 * @param dimension of a vector
 * @param quantized whether the graph is searched on quantised vectors
 */
record IndexHeader(ModelId model, int dimension, boolean quantized) {
    private static final String FORMAT = "clip4j.format";
    private static final String VERSION = "1";

    Map<String, String> toUserData() {
        return Map.of(FORMAT, VERSION, "model", model.name(), "sha256", model.sha256(), "dimension",
                Integer.toString(dimension), "quantized", Boolean.toString(quantized));
    }

    /** @throws IndexException if the index was not written by this project, or by a version of it with another format */
    static IndexHeader of(Path folder, Map<String, String> userData) {
        String version = userData.get(FORMAT);
        if (!VERSION.equals(version)) {
            throw new IndexException(folder + ": is an index of " + (version == null
                    ? "another program"
                    : "format " + version) + ", expected format " + VERSION + "; make a new one with clip index");
        }
        return new IndexHeader(new ModelId(userData.get("model"), userData.get("sha256")),
                Integer.parseInt(userData.get("dimension")), Boolean.parseBoolean(userData.get("quantized")));
    }

    /** @throws IndexException if the vectors of another model are in the index */
    void requireModel(Path folder, ModelId other) {
        if (!model.isSame(other)) {
            throw new IndexException(folder + ": was made with the model " + model + ", not with " + other
                    + ", and their vectors cannot be compared; take that --model, or make another index");
        }
    }

    /** @throws IndexException if the vectors in the index are of another length */
    void requireDimension(Path folder, int other) {
        if (dimension != other) {
            throw new IndexException(folder + ": has vectors of " + dimension + " elements, expected " + other);
        }
    }
}
