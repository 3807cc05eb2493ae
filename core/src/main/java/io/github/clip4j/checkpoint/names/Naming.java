package io.github.clip4j.checkpoint.names;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.checkpoint.raw.Quote;
import io.github.clip4j.checkpoint.raw.TensorView;
import java.util.ArrayList;
import java.util.List;

/** Whose names the tensors of a CLIP have. The model itself is written in transformers'. */
public enum Naming {
    /** {@code FlaxCLIPModel}: transformers' names for the layers, flax's for what is in them. */
    FLAX("flax's names", List.of("vision_model.embeddings.patch_embedding.kernel",
            "text_model.embeddings.token_embedding.embedding")),
    /** {@code CLIPModel}, and its towers by themselves. */
    TRANSFORMERS("transformers' names", List.of("vision_model.embeddings.class_embedding",
            "text_model.embeddings.token_embedding.weight")),
    /** {@code CLIPVisionModel} and {@code CLIPTextModel} as transformers 5 writes them. */
    TOWER("transformers' names", List.of("embeddings.class_embedding", "embeddings.token_embedding.weight")),
    /** open_clip, and OpenAI's own. */
    OPEN_CLIP("open_clip's names", List.of("visual.class_embedding"));

    /** Of a model that was trained on several devices, of one that was saved with the state of its training in flax. */
    private static final List<String> PREFIXES = List.of("", "module.", "params.");

    private final String title;
    /** Tensors that tell these names from others; one of them is enough. */
    private final List<String> marks;

    Naming(String title, List<String> marks) {
        this.title = title;
        this.marks = marks;
    }

    @Override
    public String toString() {
        return title;
    }

    /**
     * Whose names these are.
     *
     * @throws CheckpointException if it is no CLIP that is known here, saying which tensors it has
     */
    public static Naming of(Checkpoint checkpoint) {
        for (Naming naming : values()) {
            if (naming.prefix(checkpoint) != null) {
                return naming;
            }
        }
        throw new CheckpointException(checkpoint.source() + ": expected the weights of a CLIP in transformers', "
                + "open_clip's or flax's names, found " + found(checkpoint));
    }

    private String prefix(Checkpoint checkpoint) {
        for (String prefix : PREFIXES) {
            if (marks.stream().anyMatch(mark -> checkpoint.contains(prefix + mark))) {
                return prefix;
            }
        }
        return null;
    }

    private static String found(Checkpoint checkpoint) {
        for (Tensor tensor : checkpoint.tensors()) {
            String name = tensor.name();
            if (name.endsWith("visual.layer1.0.conv1.weight")) {
                return "a CLIP whose image tower is a ResNet; only those with a ViT are run";
            }
            if (name.contains("visual.trunk.")) {
                return "a CLIP whose image tower is one of timm's; only those with a ViT of CLIP's own are run";
            }
            for (Naming naming : List.of(FLAX, TRANSFORMERS, OPEN_CLIP)) {
                for (String mark : naming.marks) {
                    if (name.endsWith("." + mark)) {
                        return "them under the prefix " + Quote.of(name.substring(0, name.length() - mark.length()))
                                + "; save them without it";
                    }
                }
            }
        }
        return checkpoint.tensors().isEmpty()
                ? "no tensors"
                : "tensors such as " + Quote.of(checkpoint.tensors().getFirst().name());
    }

    /**
     * The tensors of a checkpoint under transformers' names and with its axes, where they are. What has no counterpart
     * keeps its name.
     *
     * @param checkpoint of these names
     * @throws CheckpointException if a tensor that has to be split cannot be
     */
    public List<Tensor> translate(Checkpoint checkpoint) {
        String prefix = prefix(checkpoint);
        if (this == TRANSFORMERS && prefix.isEmpty()) {
            return new ArrayList<>(checkpoint.tensors());
        }
        List<Tensor> translated = new ArrayList<>();
        for (Tensor tensor : checkpoint.tensors()) {
            if (tensor.name().startsWith(prefix)) {
                TensorView view = TensorView.of(tensor).named(tensor.name().substring(prefix.length()));
                switch (this) {
                    case FLAX -> translated.add(FlaxNames.translate(view));
                    case TRANSFORMERS -> translated.add(view);
                    case TOWER -> translated.add(view.named(tower(checkpoint) + view.name()));
                    case OPEN_CLIP -> translated.addAll(OpenClipNames.translate(view, checkpoint.source()));
                }
            }
        }
        return translated;
    }

    private static String tower(Checkpoint checkpoint) {
        return checkpoint.contains("embeddings.class_embedding") ? "vision_model." : "text_model.";
    }
}
