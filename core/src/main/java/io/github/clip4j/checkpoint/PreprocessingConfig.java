package io.github.clip4j.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.clip4j.image.Centering;
import io.github.clip4j.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code preprocessor_config.json} to {@link Preprocessing} and back. */
public final class PreprocessingConfig {
    static final String FILE = "preprocessor_config.json";
    private static final int BICUBIC = 3;
    /** A field of this project's own, for models whose crop is where torchvision has it; transformers leaves it aside. */
    private static final String CENTERING = "crop_rounding";

    private PreprocessingConfig() {}

    /**
     * Reads the file of a CLIP image processor, of old ({@code "size": 224}) and new form
     * ({@code "size": {"shortest_edge": 224}}). Missing and null fields take CLIP's values. What the file asks for but
     * {@link Preprocessing} cannot say is an error, never ignored: a step switched off, a filter other than bicubic, a
     * crop that is not square or is larger than the image, and a size given as height and width, which would squash the
     * image out of proportion even where both are equal.
     *
     * @throws CheckpointException naming file, field, what was found and what was expected
     */
    public static Preprocessing read(Path file) {
        JsonObject root = JsonObject.read(file);
        for (String type : List.of("image_processor_type", "feature_extractor_type")) {
            if (!root.text(type, "CLIP").startsWith("CLIP")) {
                throw root.bad(type, "a processor of CLIP");
            }
        }
        for (String step : List.of("do_convert_rgb", "do_resize", "do_center_crop", "do_rescale", "do_normalize")) {
            if (!root.flag(step, true)) {
                throw root.bad(step, "true, the only way that is supported");
            }
        }
        if (root.integer("resample", BICUBIC) != BICUBIC) {
            throw root.bad("resample", BICUBIC + " (bicubic)");
        }
        int resize = resize(root);
        int crop = crop(root);
        if (crop > resize) {
            throw root.bad("crop_size", "at most the size " + resize);
        }
        double rescale = root.number("rescale_factor", Preprocessing.CLIP.rescale());
        if (rescale <= 0) {
            throw root.bad("rescale_factor", "a positive number");
        }
        List<Double> mean = channels(root, "image_mean", Preprocessing.CLIP.mean());
        List<Double> std = deviations(root, "image_std");
        Centering centering = switch (root.text(CENTERING, "down")) {
            case "down" -> Centering.DOWN;
            case "half_even" -> Centering.HALF_EVEN;
            default -> throw root.bad(CENTERING, "\"down\" or \"half_even\"");
        };
        return root.build(() -> new Preprocessing(resize, crop, centering, rescale, mean, std));
    }

    private static int resize(JsonObject root) {
        if (!root.isObject("size")) {
            return pixels(root, "size", Preprocessing.CLIP.resize());
        }
        JsonObject size = root.object("size");
        if (!size.has("shortest_edge") || size.names().size() > 1) {
            throw root.bad("size", "shortest_edge and nothing else");
        }
        return pixels(size, "shortest_edge", 0);
    }

    private static int crop(JsonObject root) {
        if (!root.isObject("crop_size")) {
            return pixels(root, "crop_size", Preprocessing.CLIP.crop());
        }
        JsonObject size = root.object("crop_size");
        int height = pixels(size, "height", 0);
        if (pixels(size, "width", 0) != height) {
            throw size.bad("width", "the height " + height);
        }
        return height;
    }

    private static int pixels(JsonObject object, String field, int missing) {
        int pixels = object.integer(field, missing);
        if (pixels < 1 || pixels > Check.MAX_IMAGE_SIZE) {
            throw object.bad(field, "1 to " + Check.MAX_IMAGE_SIZE + " pixels");
        }
        return pixels;
    }

    static List<Double> deviations(JsonObject object, String field) {
        List<Double> values = channels(object, field, Preprocessing.CLIP.std());
        if (!values.stream().allMatch(value -> value > 0)) {
            throw object.bad(field, "three positive numbers");
        }
        return values;
    }

    static List<Double> channels(JsonObject root, String field, List<Double> missing) {
        List<Double> values = root.numbers(field, missing);
        if (values.size() != 3 || !values.stream().allMatch(value -> Math.abs(value) < Float.MAX_VALUE)) {
            throw root.bad(field, "three finite numbers");
        }
        return values;
    }

    /**
     * Writes the file in the new form.
     *
     * @throws CheckpointException if the file cannot be written
     */
    public static void write(Preprocessing preprocessing, Path file) {
        Json.write(file, json -> {
            json.writeStringField("image_processor_type", "CLIPImageProcessor");
            json.writeBooleanField("do_convert_rgb", true);
            json.writeBooleanField("do_resize", true);
            json.writeObjectFieldStart("size");
            json.writeNumberField("shortest_edge", preprocessing.resize());
            json.writeEndObject();
            json.writeNumberField("resample", BICUBIC);
            json.writeBooleanField("do_center_crop", true);
            json.writeObjectFieldStart("crop_size");
            json.writeNumberField("height", preprocessing.crop());
            json.writeNumberField("width", preprocessing.crop());
            json.writeEndObject();
            if (preprocessing.centering() != Centering.DOWN) {
                json.writeStringField(CENTERING, preprocessing.centering().name().toLowerCase(Locale.ROOT));
            }
            json.writeBooleanField("do_rescale", true);
            json.writeNumberField("rescale_factor", preprocessing.rescale());
            json.writeBooleanField("do_normalize", true);
            writeArray(json, "image_mean", preprocessing.mean());
            writeArray(json, "image_std", preprocessing.std());
        });
    }

    private static void writeArray(JsonGenerator json, String field, List<Double> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (double value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }
}
