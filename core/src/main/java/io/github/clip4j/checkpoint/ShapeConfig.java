package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.raw.Quote;
import io.github.clip4j.kernels.Activation;
import java.util.List;
import java.util.Map;

/**
 * The architecture of a CLIP by the shapes of its tensors. They tell all but the number of heads, which follows from the
 * width in OpenAI's models and open_clip's, and the activation.
 */
final class ShapeConfig {
    private static final int HEAD_WIDTH = 64;
    /** Widths of open_clip's ViT-H, ViT-g and ViT-bigG, whose heads are wider: they have 16. */
    private static final Map<Integer, Integer> HEADS = Map.of(1280, 16, 1408, 16, 1664, 16);
    private static final float EPSILON = 1e-5f;

    private final Checkpoint weights;
    private final Activation activation;

    private ShapeConfig(Checkpoint weights, Activation activation) {
        this.weights = weights;
        this.activation = activation;
    }

    /**
     * @param weights in transformers' names
     * @throws CheckpointException if a tensor that tells a size is missing, or the sizes are none of a CLIP
     */
    static ClipConfig of(Checkpoint weights, Activation activation) {
        ShapeConfig shapes = new ShapeConfig(weights, activation);
        try {
            boolean vision = weights.contains(Parameters.CLASS_EMBEDDING);
            boolean text = weights.contains(Parameters.TOKEN_EMBEDDING);
            String projection = vision ? Parameters.VISUAL_PROJECTION : Parameters.TEXT_PROJECTION;
            return new ClipConfig(vision ? shapes.vision() : null, text ? shapes.text() : null,
                    shapes.dimension(projection, 2, 0));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CheckpointException(weights.source() + ": the shapes of its tensors are none of a CLIP: "
                    + e.getMessage(), e);
        }
    }

    private VisionConfig vision() {
        int hidden = dimension(Parameters.CLASS_EMBEDDING, 1, 0);
        String patches = "vision_model.embeddings.patch_embedding.weight";
        int patch = dimension(patches, 4, 2);
        int tokens = dimension("vision_model.embeddings.position_embedding.weight", 2, 0);
        int grid = (int) Math.sqrt(tokens - 1);
        if (grid * grid != tokens - 1) {
            throw new IllegalArgumentException(
                    (tokens - 1) + " patches, expected a square number, for images are square");
        }
        TowerConfig tower = tower("vision_model.", hidden, HEADS.getOrDefault(hidden, hidden / HEAD_WIDTH));
        return new VisionConfig(tower, Math.multiplyExact(grid, patch), patch, dimension(patches, 4, 1));
    }

    private TextConfig text() {
        int hidden = dimension(Parameters.TOKEN_EMBEDDING, 2, 1);
        return new TextConfig(tower("text_model.", hidden, hidden / HEAD_WIDTH),
                dimension(Parameters.TOKEN_EMBEDDING, 2, 0),
                dimension("text_model.embeddings.position_embedding.weight", 2, 0), TextConfig.LARGEST_ID);
    }

    private TowerConfig tower(String prefix, int hidden, int heads) {
        if (hidden % HEAD_WIDTH != 0) {
            throw new IllegalArgumentException("a tower " + hidden + " wide, expected a multiple of " + HEAD_WIDTH
                    + "; for another number of heads add the model's config.json or open_clip_config.json");
        }
        int layers = 0;
        while (weights.contains(prefix + "encoder.layers." + layers + ".mlp.fc1.weight")) {
            layers++;
        }
        int intermediate = dimension(prefix + "encoder.layers.0.mlp.fc1.weight", 2, 0);
        return new TowerConfig(hidden, intermediate, layers, heads, activation, EPSILON);
    }

    private int dimension(String name, int dimensions, int index) {
        List<Long> shape = weights.tensor(name).shape();
        if (shape.size() != dimensions || shape.get(index) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("tensor " + Quote.of(name) + " has the shape " + shape);
        }
        return shape.get(index).intValue();
    }
}
