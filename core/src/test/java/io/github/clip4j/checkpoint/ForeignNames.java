package io.github.clip4j.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** The same weights as other libraries name and lay them out: what reading has to undo, written the other way round. */
final class ForeignNames {
    private static final String[][] OPEN_CLIP = {{"vision_model.embeddings.class_embedding", "visual.class_embedding"},
            {"vision_model.embeddings.patch_embedding", "visual.conv1"},
            {"vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"},
            {"vision_model.pre_layrnorm", "visual.ln_pre"}, {"vision_model.post_layernorm", "visual.ln_post"},
            {"vision_model.encoder.layers", "visual.transformer.resblocks"},
            {"text_model.embeddings.token_embedding", "token_embedding"},
            {"text_model.embeddings.position_embedding.weight", "positional_embedding"},
            {"text_model.final_layer_norm", "ln_final"}, {"text_model.encoder.layers", "transformer.resblocks"},
            {"layer_norm1", "ln_1"}, {"layer_norm2", "ln_2"}, {"mlp.fc1", "mlp.c_fc"}, {"mlp.fc2", "mlp.c_proj"},
            {"self_attn.out_proj", "attn.out_proj"}};

    private ForeignNames() {}

    static List<Tensor> openClip(Checkpoint model) {
        List<Tensor> tensors = new ArrayList<>();
        for (Tensor tensor : model.tensors()) {
            String name = tensor.name();
            if (name.endsWith("_projection.weight")) {
                tensors.add(transposed(tensor, name.startsWith("visual") ? "visual.proj" : "text_projection"));
            } else if (name.contains("q_proj")) {
                tensors.add(stacked(openClip(name.replace("self_attn.q_proj.", "attn.in_proj_")), tensor,
                        model.tensor(name.replace("q_proj", "k_proj")),
                        model.tensor(name.replace("q_proj", "v_proj"))));
            } else if (!name.contains("k_proj") && !name.contains("v_proj")) {
                tensors.add(named(tensor, openClip(name)));
            }
        }
        return tensors;
    }

    private static String openClip(String name) {
        String renamed = name;
        for (String[] pair : OPEN_CLIP) {
            renamed = renamed.replace(pair[0], pair[1]);
        }
        return renamed;
    }

    static List<Tensor> flax(Checkpoint model) {
        List<Tensor> tensors = new ArrayList<>();
        for (Tensor tensor : model.tensors()) {
            String name = tensor.name();
            String layer = name.replaceFirst("\\.weight$", "");
            if (name.equals("logit_scale")) {
                tensors.add(Tensor.of(name, tensor.floats(), 1));
            } else if (layer.endsWith("patch_embedding")) {
                tensors.add(heightWidthInOut(tensor, layer + ".kernel"));
            } else if (name.endsWith(".weight") && layer.endsWith("_embedding")) {
                tensors.add(named(tensor, layer + ".embedding"));
            } else if (name.endsWith(".weight") && layer.matches(".*norm\\d?")) {
                tensors.add(named(tensor, layer + ".scale"));
            } else if (name.endsWith(".weight")) {
                tensors.add(transposed(tensor, layer + ".kernel"));
            } else {
                tensors.add(tensor);
            }
        }
        return tensors;
    }

    static Tensor named(Tensor tensor, String name) {
        return Tensor.of(name, tensor.floats(), tensor.shape().stream().mapToLong(Long::longValue).toArray());
    }

    private static Tensor transposed(Tensor tensor, String name) {
        int rows = tensor.shape().getFirst().intValue();
        int columns = tensor.shape().getLast().intValue();
        float[] from = tensor.floats();
        float[] to = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i % columns * rows + i / columns] = from[i];
        }
        return Tensor.of(name, to, columns, rows);
    }

    private static Tensor stacked(String name, Tensor... parts) {
        float[] all = new float[3 * (int) parts[0].size()];
        for (int i = 0; i < 3; i++) {
            parts[i].read(0, all, i * (int) parts[i].size(), (int) parts[i].size());
        }
        long rows = 3 * parts[0].shape().getFirst();
        return parts[0].shape().size() == 1 ? Tensor.of(name, all, rows) : Tensor.of(name, all, rows, rows / 3);
    }

    /** [out, in, height, width] the way flax has it. */
    private static Tensor heightWidthInOut(Tensor tensor, String name) {
        int out = tensor.shape().get(0).intValue();
        int in = tensor.shape().get(1).intValue();
        int area = (int) (tensor.shape().get(2) * tensor.shape().get(3));
        float[] from = tensor.floats();
        float[] to = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            to[(i % area * in + i / area % in) * out + i / area / in] = from[i];
        }
        return Tensor.of(name, to, tensor.shape().get(2), tensor.shape().get(3), in, out);
    }
}
