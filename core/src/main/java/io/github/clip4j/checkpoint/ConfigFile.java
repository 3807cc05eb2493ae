package io.github.clip4j.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.clip4j.kernels.Activation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code config.json} to {@link ClipConfig} and back. */
final class ConfigFile {
    private static final String CLIP = "clip";
    private static final String VISION = "clip_vision_model";
    private static final String TEXT = "clip_text_model";

    private ConfigFile() {}

    static ClipConfig read(Path file) {
        return of(JsonObject.read(file));
    }

    static ClipConfig of(JsonObject root) {
        String type = root.text("model_type", CLIP);
        if (!List.of(CLIP, VISION, TEXT).contains(type)) {
            throw root.bad("model_type", "\"clip\", \"clip_vision_model\" or \"clip_text_model\"");
        }
        VisionConfig vision = type.equals(TEXT) ? null : vision(part(root, type, "vision_config"));
        TextConfig text = type.equals(VISION) ? null : text(part(root, type, "text_config"));
        int projection = root.integer("projection_dim", ClipConfig.VIT_B_32.projection());
        return root.build(() -> new ClipConfig(vision, text, projection));
    }

    /** Whether a file describes a CLIP and no other model; old ones do not say what they describe. */
    static boolean isClip(JsonObject root) {
        return root.has("model_type")
                ? List.of(CLIP, VISION, TEXT).contains(root.fields().get("model_type"))
                : !root.has("architecture") && !root.has("architectures");
    }

    /** One tower by itself has its fields outside of any section. */
    private static JsonObject part(JsonObject root, String type, String section) {
        return type.equals(CLIP) ? section(root, section) : root;
    }

    /**
     * A section, or its twin from before {@code text_config} and {@code vision_config} existed: where
     * {@code text_config_dict} is not null, transformers' CLIPConfig fills it up with defaults and lets all of it win.
     */
    private static JsonObject section(JsonObject root, String name) {
        return root.object(root.has(name + "_dict") ? name + "_dict" : name);
    }

    private static VisionConfig vision(JsonObject section) {
        VisionConfig missing = ClipConfig.VIT_B_32.vision();
        TowerConfig tower = tower(section, missing.tower());
        int imageSize = section.integer("image_size", missing.imageSize());
        int patchSize = section.integer("patch_size", missing.patchSize());
        int channels = section.integer("num_channels", missing.channels());
        return section.build(() -> new VisionConfig(tower, imageSize, patchSize, channels));
    }

    private static TextConfig text(JsonObject section) {
        TextConfig missing = ClipConfig.VIT_B_32.text();
        TowerConfig tower = tower(section, missing.tower());
        int vocabularySize = section.integer("vocab_size", missing.vocabularySize());
        int contextLength = section.integer("max_position_embeddings", missing.contextLength());
        int endTokenId = section.integer("eos_token_id", missing.endTokenId());
        return section.build(() -> new TextConfig(tower, vocabularySize, contextLength, endTokenId));
    }

    private static TowerConfig tower(JsonObject section, TowerConfig missing) {
        int hidden = section.integer("hidden_size", missing.hidden());
        int intermediate = section.integer("intermediate_size", missing.intermediate());
        int layers = section.integer("num_hidden_layers", missing.layers());
        int heads = section.integer("num_attention_heads", missing.heads());
        Activation activation = switch (section.text("hidden_act", name(missing.activation()))) {
            case "quick_gelu" -> Activation.QUICK_GELU;
            case "gelu" -> Activation.GELU;
            default -> throw section.bad("hidden_act", "\"quick_gelu\" or \"gelu\"");
        };
        float epsilon = (float) section.number("layer_norm_eps", missing.epsilon());
        return section.build(() -> new TowerConfig(hidden, intermediate, layers, heads, activation, epsilon));
    }

    static void write(ClipConfig config, Path file) {
        Json.write(file, json -> {
            boolean whole = config.hasVision() && config.hasText();
            json.writeArrayFieldStart("architectures");
            json.writeString(whole
                    ? "CLIPModel"
                    : config.hasVision() ? "CLIPVisionModelWithProjection" : "CLIPTextModelWithProjection");
            json.writeEndArray();
            if (whole) {
                json.writeStringField("model_type", CLIP);
                json.writeNumberField("projection_dim", config.projection());
                json.writeObjectFieldStart("text_config");
                writeText(json, config);
                json.writeEndObject();
                json.writeObjectFieldStart("vision_config");
                writeVision(json, config);
                json.writeEndObject();
            } else if (config.hasVision()) {
                writeVision(json, config);
            } else {
                writeText(json, config);
            }
        });
    }

    private static void writeText(JsonGenerator json, ClipConfig config) throws IOException {
        json.writeStringField("model_type", TEXT);
        writeTower(json, config.text().tower(), config.projection());
        json.writeNumberField("vocab_size", config.text().vocabularySize());
        json.writeNumberField("max_position_embeddings", config.text().contextLength());
        json.writeNumberField("eos_token_id", config.text().endTokenId());
        // the model needs no others, and where they are missing transformers takes those of CLIP's full vocabulary
        json.writeNullField("bos_token_id");
        json.writeNullField("pad_token_id");
    }

    private static void writeVision(JsonGenerator json, ClipConfig config) throws IOException {
        json.writeStringField("model_type", VISION);
        writeTower(json, config.vision().tower(), config.projection());
        json.writeNumberField("image_size", config.vision().imageSize());
        json.writeNumberField("patch_size", config.vision().patchSize());
        json.writeNumberField("num_channels", config.vision().channels());
    }

    private static void writeTower(JsonGenerator json, TowerConfig tower, int projection) throws IOException {
        json.writeNumberField("hidden_size", tower.hidden());
        json.writeNumberField("intermediate_size", tower.intermediate());
        json.writeNumberField("num_hidden_layers", tower.layers());
        json.writeNumberField("num_attention_heads", tower.heads());
        json.writeStringField("hidden_act", name(tower.activation()));
        json.writeNumberField("layer_norm_eps", tower.epsilon());
        json.writeNumberField("projection_dim", projection);
    }

    /** transformers' name of an activation. */
    private static String name(Activation activation) {
        return activation.name().toLowerCase(Locale.ROOT);
    }
}
