package io.github.clip4j.checkpoint.names;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.raw.Quote;
import io.github.clip4j.checkpoint.raw.TensorView;
import java.util.List;
import java.util.Map;

/**
 * open_clip's names, which are OpenAI's, to transformers'. Source: convert_clip_original_pytorch_to_hf.py of
 * transformers.
 */
final class OpenClipNames {
    /** Of a model whose text tower is a module of its own. */
    private static final String TEXT = "text.";
    private static final String BLOCKS = "transformer.resblocks.";
    private static final String VISION_BLOCKS = "visual." + BLOCKS;

    private static final Map<String, String> OUTSIDE = Map.ofEntries(
            Map.entry("visual.class_embedding", "vision_model.embeddings.class_embedding"),
            Map.entry("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"),
            Map.entry("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
            Map.entry("visual.ln_pre.weight", "vision_model.pre_layrnorm.weight"),
            Map.entry("visual.ln_pre.bias", "vision_model.pre_layrnorm.bias"),
            Map.entry("visual.ln_post.weight", "vision_model.post_layernorm.weight"),
            Map.entry("visual.ln_post.bias", "vision_model.post_layernorm.bias"),
            Map.entry("token_embedding.weight", "text_model.embeddings.token_embedding.weight"),
            Map.entry("positional_embedding", "text_model.embeddings.position_embedding.weight"),
            Map.entry("ln_final.weight", "text_model.final_layer_norm.weight"),
            Map.entry("ln_final.bias", "text_model.final_layer_norm.bias"));
    private static final Map<String, String> INSIDE = Map.of("attn.out_proj", "self_attn.out_proj", "ln_1",
            "layer_norm1", "ln_2", "layer_norm2", "mlp.c_fc", "mlp.fc1", "mlp.c_proj", "mlp.fc2");

    private OpenClipNames() {}

    /** @return none of what is no weight: sizes that OpenAI's models carry, and the causal mask */
    static List<TensorView> translate(TensorView tensor, String source) {
        String name = tensor.name().startsWith(TEXT) ? tensor.name().substring(TEXT.length()) : tensor.name();
        if (name.startsWith(VISION_BLOCKS)) {
            return block(tensor, name.substring(VISION_BLOCKS.length()), "vision_model.encoder.layers.", source);
        }
        if (name.startsWith(BLOCKS)) {
            return block(tensor, name.substring(BLOCKS.length()), "text_model.encoder.layers.", source);
        }
        return switch (name) {
            case "input_resolution", "context_length", "vocab_size", "attn_mask" -> List.of();
            case "visual.proj" -> List.of(transposed(tensor, "visual_projection.weight"));
            case "text_projection" -> List.of(transposed(tensor, "text_projection.weight"));
            case "logit_scale" -> List.of(tensor.size() == 1 ? tensor.scalar() : tensor);
            default -> List.of(tensor.named(OUTSIDE.getOrDefault(name, name)));
        };
    }

    /** Stored as [hidden, projection]. */
    private static TensorView transposed(TensorView tensor, String name) {
        return (tensor.shape().size() == 2 ? tensor.permuted(1, 0) : tensor).named(name);
    }

    /** @param name in the block, after its number: {@code 7.attn.in_proj_weight} */
    private static List<TensorView> block(TensorView tensor, String name, String layers, String source) {
        int dot = name.indexOf('.') + 1;
        String layer = layers + name.substring(0, dot);
        String part = name.substring(dot);
        if (part.startsWith("attn.in_proj_")) {
            return split(tensor, layer + "self_attn.", part.substring("attn.in_proj_".length()), source);
        }
        int last = part.lastIndexOf('.');
        String inside = last < 0 ? null : INSIDE.get(part.substring(0, last));
        return List.of(inside == null ? tensor : tensor.named(layer + inside + part.substring(last)));
    }

    /** Queries, keys and values are one matrix [3 · hidden, hidden], one below the other. */
    private static List<TensorView> split(TensorView tensor, String attention, String kind, String source) {
        long rows = tensor.shape().isEmpty() ? 0 : tensor.shape().getFirst();
        if (rows == 0 || rows % 3 != 0) {
            throw new CheckpointException(source + ": tensor " + Quote.of(tensor.name()) + " has the shape "
                    + tensor.shape() + ", expected three times as many rows as the tower is wide");
        }
        return List.of(tensor.rows(0, rows / 3).named(attention + "q_proj." + kind),
                tensor.rows(rows / 3, rows / 3).named(attention + "k_proj." + kind),
                tensor.rows(rows / 3 * 2, rows / 3).named(attention + "v_proj." + kind));
    }
}
