package io.github.clip4j.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.clip4j.kernels.Activation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** {@code config.json} to {@link ClipConfig} and back. */
final class ConfigFile {
    private ConfigFile() {}

    static ClipConfig read(Path file) {
        JsonObject root = JsonObject.read(file);
        if (!root.text("model_type", "clip").equals("clip")) {
            throw root.bad("model_type", "\"clip\"");
        }
        VisionConfig vision = vision(section(root, "vision_config"));
        TextConfig text = text(section(root, "text_config"));
        int projection = root.integer("projection_dim", ClipConfig.VIT_B_32.projection());
        return root.build(() -> new ClipConfig(vision, text, projection));
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
            json.writeArrayFieldStart("architectures");
            json.writeString("CLIPModel");
            json.writeEndArray();
            json.writeStringField("model_type", "clip");
            json.writeNumberField("projection_dim", config.projection());

            json.writeObjectFieldStart("text_config");
            json.writeStringField("model_type", "clip_text_model");
            writeTower(json, config.text().tower(), config.projection());
            json.writeNumberField("vocab_size", config.text().vocabularySize());
            json.writeNumberField("max_position_embeddings", config.text().contextLength());
            json.writeNumberField("eos_token_id", config.text().endTokenId());
            // the model needs no others, and where they are missing transformers takes those of CLIP's full vocabulary
            json.writeNullField("bos_token_id");
            json.writeNullField("pad_token_id");
            json.writeEndObject();

            json.writeObjectFieldStart("vision_config");
            json.writeStringField("model_type", "clip_vision_model");
            writeTower(json, config.vision().tower(), config.projection());
            json.writeNumberField("image_size", config.vision().imageSize());
            json.writeNumberField("patch_size", config.vision().patchSize());
            json.writeNumberField("num_channels", config.vision().channels());
            json.writeEndObject();
        });
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
