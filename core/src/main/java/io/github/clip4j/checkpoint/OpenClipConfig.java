package io.github.clip4j.checkpoint;

import io.github.clip4j.image.Centering;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.kernels.Activation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code open_clip_config.json} to {@link ClipConfig} and {@link Preprocessing}. Missing fields take open_clip's defaults;
 * what asks for a part that is not run here is refused by its name. Source: CLIPVisionCfg and CLIPTextCfg of model.py,
 * PreprocessCfg of transform.py, open_clip 3.3.
 */
record OpenClipConfig(ClipConfig config, Preprocessing preprocessing) {
    private static final int HEAD_WIDTH = 64;
    /** Fields that matter in training only, or only together with others that are refused. */
    private static final Set<String> INDIFFERENT = Set.of("patch_dropout", "output_tokens", "attn_pooler_queries",
            "attn_pooler_heads", "timm_model_pretrained", "timm_pool", "timm_proj", "timm_proj_bias", "timm_drop",
            "timm_drop_path", "hf_model_pretrained", "hf_proj_type", "hf_pooler_type", "pad_id", "eos_id",
            "custom_text",
            "init_logit_scale", "nonscalar_logit_scale", "cast_dtype", "tokenizer_mode");
    /** Fields with one value that is run, beside false and null. */
    private static final Map<String, String> ONLY = Map.of("pos_embed_type", "learnable", "block_type", "default",
            "proj_type", "linear");

    static OpenClipConfig read(Path file) {
        JsonObject root = JsonObject.read(file);
        if (!root.isObject("model_cfg")) {
            throw root.bad("model_cfg", "an object");
        }
        JsonObject model = root.object("model_cfg");
        checkOthers(model, Set.of("embed_dim", "quick_gelu", "vision_cfg", "text_cfg"), "");
        Activation activation = model.flag("quick_gelu", false) ? Activation.QUICK_GELU : Activation.GELU;
        VisionConfig vision = vision(model.object("vision_cfg"), activation);
        TextConfig text = text(model.object("text_cfg"), activation);
        int projection = model.integer("embed_dim", 0);
        ClipConfig config = model.build(() -> new ClipConfig(vision, text, projection));
        return new OpenClipConfig(config, preprocessing(root.object("preprocess_cfg"), vision.imageSize()));
    }

    private static VisionConfig vision(JsonObject section, Activation activation) {
        if (section.fields().get("layers") instanceof List) {
            throw section.bad("layers", "a number of layers, as only a ViT has; a ResNet is not run");
        }
        checkOthers(section, Set.of("layers", "width", "head_width", "mlp_ratio", "patch_size", "image_size",
                "norm_kwargs"), "tok");
        int width = section.integer("width", 768);
        int headWidth = section.integer("head_width", HEAD_WIDTH);
        if (headWidth < 1 || width < headWidth) {
            throw section.bad("head_width", "1 to the width " + width);
        }
        TowerConfig tower = tower(section, width, width / headWidth, activation);
        int imageSize = side(section, "image_size", 224);
        int patchSize = side(section, "patch_size", 16);
        return section.build(() -> new VisionConfig(tower, imageSize, patchSize, 3));
    }

    private static TextConfig text(JsonObject section, Activation activation) {
        checkOthers(section, Set.of("context_length", "vocab_size", "layers", "width", "heads", "mlp_ratio",
                "norm_kwargs"), "argmax");
        TowerConfig tower = tower(section, section.integer("width", 512), section.integer("heads", 8), activation);
        int vocabulary = section.integer("vocab_size", 49408);
        int context = section.integer("context_length", 77);
        return section.build(() -> new TextConfig(tower, vocabulary, context, TextConfig.LARGEST_ID));
    }

    private static TowerConfig tower(JsonObject section, int width, int heads, Activation activation) {
        int layers = section.integer("layers", 12);
        int intermediate = (int) (width * section.number("mlp_ratio", 4));
        JsonObject norm = section.object("norm_kwargs");
        checkOthers(norm, Set.of("eps"), "");
        float epsilon = (float) norm.number("eps", 1e-5);
        return section.build(() -> new TowerConfig(width, intermediate, layers, heads, activation, epsilon));
    }

    /** A number, or twice the same. */
    private static int side(JsonObject section, String field, int missing) {
        if (!(section.fields().get(field) instanceof List)) {
            return section.integer(field, missing);
        }
        List<Double> sides = section.numbers(field, List.of());
        if (sides.size() != 2 || !sides.getFirst().equals(sides.getLast())) {
            throw section.bad(field, "one number or two that are equal: only squares are supported");
        }
        return sides.getFirst().intValue();
    }

    /**
     * Refuses every other field that says anything.
     *
     * @param pool the one {@code pool_type} that is run
     */
    private static void checkOthers(JsonObject section, Set<String> known, String pool) {
        for (String field : section.names()) {
            Object value = section.fields().get(field);
            boolean says = value != null && !Boolean.FALSE.equals(value) && !known.contains(field)
                    && !INDIFFERENT.contains(field);
            if (says && !value.equals(field.equals("pool_type") ? pool : ONLY.get(field))) {
                throw section.bad(field, "no such field or false: what it asks for is not run here");
            }
        }
    }

    private static Preprocessing preprocessing(JsonObject section, int imageSize) {
        // open_clip takes "random" for the training's alone and resizes bicubically
        if (!Set.of("bicubic", "random").contains(section.text("interpolation", "bicubic"))) {
            throw section.bad("interpolation", "\"bicubic\"");
        }
        if (!section.text("resize_mode", "shortest").equals("shortest")) {
            throw section.bad("resize_mode", "\"shortest\"");
        }
        if (!section.text("mode", "RGB").equals("RGB")) {
            throw section.bad("mode", "\"RGB\"");
        }
        if (side(section, "size", imageSize) != imageSize) {
            throw section.bad("size", "the model's image_size " + imageSize);
        }
        List<Double> mean = PreprocessingConfig.channels(section, "mean", Preprocessing.CLIP.mean());
        List<Double> std = PreprocessingConfig.deviations(section, "std");
        return new Preprocessing(imageSize, imageSize, Centering.HALF_EVEN, Preprocessing.CLIP.rescale(), mean, std);
    }
}
