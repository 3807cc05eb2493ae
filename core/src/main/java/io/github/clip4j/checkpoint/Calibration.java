package io.github.clip4j.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What makes probabilities of "none of these" right as often as they say, the contents of {@value #FILE}. With the
 * cosines c of an image and n labels, and the model's logit scale s, the probabilities of the labels and, last, of none
 * are {@code softmax(s c₁ / T, ..., s cₙ / T, s c₀ / T + log n)}: before it is looked at, an image shows none of the
 * labels as likely as one of them, however many they are.
 *
 * @param temperature T
 * @param none c₀, the cosine of a single label that is as likely as none
 */
public record Calibration(double temperature, double none) {
    /** The file beside a model's weights. */
    public static final String FILE = "calibration.json";

    /** @throws IllegalArgumentException naming the field that is out of bounds */
    public Calibration {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature: expected a number above 0, found " + temperature);
        }
        if (!(none >= -1 && none <= 1)) {
            throw new IllegalArgumentException("none: expected a cosine from -1 to 1, found " + none);
        }
    }

    /** {@code s c₀ + T log n}, what stands for the logit of none beside those of n labels. */
    public double noneLogit(double logitScale, int labels) {
        return logitScale * none + temperature * Math.log(labels);
    }

    /**
     * The calibration in a model's folder, or beside its file.
     *
     * @throws CheckpointException if it is broken
     */
    public static Optional<Calibration> of(Path model) {
        Path file = Files.isDirectory(model) ? model.resolve(FILE) : model.resolveSibling(FILE);
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /** @throws CheckpointException naming file, field, what was found and what was expected */
    public static Calibration read(Path file) {
        JsonObject fields = JsonObject.read(file);
        return fields.build(
                () -> new Calibration(fields.number("temperature", Double.NaN), fields.number("none", Double.NaN)));
    }

    /** @throws CheckpointException if the file cannot be written */
    public void write(Path file) {
        Json.write(file, json -> {
            json.writeNumberField("temperature", temperature);
            json.writeNumberField("none", none);
        });
    }
}
