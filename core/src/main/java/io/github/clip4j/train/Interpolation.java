package io.github.clip4j.train;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Models between two checkpoints of the same architecture, often more robust than either end. Source: Wortsman et al.:
 * Robust Fine-tuning of Zero-shot Models, 2022 (arXiv 2109.01903), WiSE-FT.
 */
public final class Interpolation {
    private Interpolation() {}

    /**
     * {@code (1 - α) base + α tuned} for each tensor, in float32. Integer buffers of old checkpoints are left out. The
     * tensors are computed as they are read, so both checkpoints have to stay open until then.
     *
     * @throws IllegalArgumentException if alpha is not from 0 to 1
     * @throws CheckpointException if one checkpoint has a tensor that the other has not, or of another shape
     */
    public static List<Tensor> of(Checkpoint base, Checkpoint tuned, double alpha) {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException("alpha is " + alpha + ", expected 0 (all base) to 1 (all tuned)");
        }
        List<Tensor> between = new ArrayList<>();
        for (Tensor tensor : weights(base)) {
            Tensor other = find(tensor, tuned);
            if (!other.shape().equals(tensor.shape())) {
                throw new CheckpointException(tuned.source() + ": tensor " + tensor.name() + " has the shape "
                        + other.shape() + ", expected " + tensor.shape() + " as in " + base.source());
            }
            between.add(new Between(tensor, other, alpha));
        }
        weights(tuned).forEach(tensor -> find(tensor, base));
        return between;
    }

    private static List<Tensor> weights(Checkpoint checkpoint) {
        return checkpoint.tensors().stream().filter(tensor -> !tensor.name().endsWith(".position_ids")).toList();
    }

    private static Tensor find(Tensor tensor, Checkpoint other) {
        if (!other.contains(tensor.name())) {
            throw new CheckpointException(other.source() + ": there is no tensor " + tensor.name()
                    + ", which the other checkpoint has; both have to be of the same architecture");
        }
        return other.tensor(tensor.name());
    }

    private record Between(Tensor base, Tensor tuned, double alpha) implements Tensor {
        @Override
        public String name() {
            return base.name();
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public List<Long> shape() {
            return base.shape();
        }

        @Override
        public void read(long from, float[] target, int offset, int count) {
            float[] ends = new float[count];
            tuned.read(from, ends, 0, count);
            base.read(from, target, offset, count);
            for (int i = 0; i < count; i++) {
                target[offset + i] = (float) ((1 - alpha) * target[offset + i] + alpha * ends[i]);
            }
        }
    }
}
