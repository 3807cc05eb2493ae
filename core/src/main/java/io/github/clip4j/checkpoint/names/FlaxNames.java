package io.github.clip4j.checkpoint.names;

import io.github.clip4j.checkpoint.raw.TensorView;

/**
 * Flax's names to torch's: a kernel is a weight whose inputs come before its outputs. Source:
 * modeling_flax_pytorch_utils.py of transformers 4.
 */
final class FlaxNames {
    private FlaxNames() {}

    static TensorView translate(TensorView tensor) {
        int dot = tensor.name().lastIndexOf('.');
        String layer = tensor.name().substring(0, dot + 1);
        return switch (tensor.name().substring(dot + 1)) {
            case "kernel" -> switch (tensor.shape().size()) {
                case 4 -> tensor.permuted(3, 2, 0, 1).named(layer + "weight"); // height, width, in, out
                case 2 -> tensor.permuted(1, 0).named(layer + "weight"); // in, out
                default -> tensor;
            };
            case "scale", "embedding" -> tensor.named(layer + "weight");
            case "logit_scale" -> tensor.size() == 1 ? tensor.scalar() : tensor;
            default -> tensor;
        };
    }
}
