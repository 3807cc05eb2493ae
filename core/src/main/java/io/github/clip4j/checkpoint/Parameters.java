package io.github.clip4j.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.LongStream;

/** The tensors that a CLIP of a given architecture consists of. */
public final class Parameters {
    static final String CLASS_EMBEDDING = "vision_model.embeddings.class_embedding";
    static final String TOKEN_EMBEDDING = "text_model.embeddings.token_embedding.weight";
    static final String VISUAL_PROJECTION = "visual_projection.weight";
    static final String TEXT_PROJECTION = "text_projection.weight";

    private final SequencedMap<String, List<Long>> shapes = new LinkedHashMap<>();

    private Parameters() {}

    /** The shape of each tensor by name, in the order in which transformers' CLIPModel lists its parameters. */
    public static SequencedMap<String, List<Long>> shapes(ClipConfig config) {
        Parameters parameters = new Parameters();
        if (config.hasVision() && config.hasText()) {
            parameters.add("logit_scale");
        }
        if (config.hasText()) {
            parameters.text(config.text());
        }
        if (config.hasVision()) {
            parameters.vision(config.vision());
            parameters.add(VISUAL_PROJECTION, config.projection(), config.vision().tower().hidden());
        }
        if (config.hasText()) {
            parameters.add(TEXT_PROJECTION, config.projection(), config.text().tower().hidden());
        }
        return parameters.shapes;
    }

    /**
     * A tensor that an architecture consists of.
     *
     * @throws CheckpointException if the checkpoint has none of this name, or of another shape
     */
    public static Tensor tensor(Checkpoint checkpoint, String name, List<Long> shape) {
        Tensor tensor = checkpoint.tensor(name);
        if (!tensor.shape().equals(shape)) {
            throw new CheckpointException(checkpoint.source() + ": tensor " + name + " has the shape " + tensor.shape()
                    + ", the config asks for " + shape);
        }
        return tensor;
    }

    private void text(TextConfig text) {
        int hidden = text.tower().hidden();
        add(TOKEN_EMBEDDING, text.vocabularySize(), hidden);
        add("text_model.embeddings.position_embedding.weight", text.contextLength(), hidden);
        encoder("text_model.encoder.layers.", text.tower());
        layerNorm("text_model.final_layer_norm", hidden);
    }

    private void vision(VisionConfig vision) {
        int hidden = vision.tower().hidden();
        int patch = vision.patchSize();
        add(CLASS_EMBEDDING, hidden);
        add("vision_model.embeddings.patch_embedding.weight", hidden, vision.channels(), patch, patch);
        add("vision_model.embeddings.position_embedding.weight", vision.tokens(), hidden);
        layerNorm("vision_model.pre_layrnorm", hidden);
        encoder("vision_model.encoder.layers.", vision.tower());
        layerNorm("vision_model.post_layernorm", hidden);
    }

    private void encoder(String prefix, TowerConfig tower) {
        for (int i = 0; i < tower.layers(); i++) {
            String layer = prefix + i;
            for (String name : List.of("k_proj", "v_proj", "q_proj", "out_proj")) {
                linear(layer + ".self_attn." + name, tower.hidden(), tower.hidden());
            }
            layerNorm(layer + ".layer_norm1", tower.hidden());
            linear(layer + ".mlp.fc1", tower.intermediate(), tower.hidden());
            linear(layer + ".mlp.fc2", tower.hidden(), tower.intermediate());
            layerNorm(layer + ".layer_norm2", tower.hidden());
        }
    }

    private void linear(String name, long outputs, long inputs) {
        add(name + ".weight", outputs, inputs);
        add(name + ".bias", outputs);
    }

    private void layerNorm(String name, long size) {
        add(name + ".weight", size);
        add(name + ".bias", size);
    }

    private void add(String name, long... shape) {
        shapes.put(name, LongStream.of(shape).boxed().toList());
    }
}
