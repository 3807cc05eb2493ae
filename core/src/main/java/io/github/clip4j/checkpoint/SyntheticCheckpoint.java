package io.github.clip4j.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A full CLIP model whose weights come from a formula, for tests and timings without a download. Nothing is stored.
 *
 * <p>Element i = 1, 2, ... of a tensor, in row-major order, is {@code u * scale + offset} in float32, where
 * {@code u = (z >>> 40) / 2^23 - 1} is in [-1, 1) and {@code z = mix(fnv1a64(name) + i * 0x9E3779B97F4A7C15)}; mix is
 * the finaliser of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014) and fnv1a64
 * the hash of Fowler, Noll and Vo. Scale and offset keep activations in a realistic range: see {@code Formula.of}.
 */
public final class SyntheticCheckpoint extends NamedTensors {
    /** The model of {@link ClipConfig#VIT_B_32}: 151,277,313 parameters. */
    public SyntheticCheckpoint() {
        this(ClipConfig.VIT_B_32);
    }

    /** A model of any size, its tensors named and ordered as transformers' CLIPModel lists its parameters. */
    public SyntheticCheckpoint(ClipConfig config) {
        super("synthetic model", Parameters.shapes(config).entrySet().stream()
                .map(parameter -> Formula.of(parameter.getKey(), parameter.getValue())).toList());
    }

    @Override
    public void close() {}

    /** @param hash fnv1a64 of the name */
    private record Formula(String name, List<Long> shape, long hash, float scale, float offset) implements Tensor {
        private static final long GOLDEN = 0x9E3779B97F4A7C15L;

        static Formula of(String name, List<Long> shape) {
            boolean layerNorm = name.contains("layer_norm") || name.contains("layernorm") || name.contains("layrnorm");
            float offset = 0;
            double scale;
            if (name.equals("logit_scale")) {
                scale = 0;
                offset = 4.6052f; // ln 100
            } else if (layerNorm) {
                scale = 0.25;
                offset = name.endsWith(".weight") ? 1 : 0;
            } else if (name.endsWith(".bias")) {
                scale = 0.125;
            } else if (name.contains("embedding") && !name.contains("patch_embedding")) {
                scale = 0.5;
            } else {
                long inputs = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
                scale = 2 / Math.sqrt(inputs);
            }
            return new Formula(name, shape, fnv1a64(name), (float) scale, offset);
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public void read(long from, float[] target, int offset, int count) {
            Objects.checkFromIndexSize(from, count, size());
            Objects.checkFromIndexSize(offset, count, target.length);
            for (int i = 0; i < count; i++) {
                long z = mix(hash + (from + i + 1) * GOLDEN);
                float u = (z >>> 40) / 0x1p23f - 1; // 24 bits: exact
                target[offset + i] = u * scale + this.offset;
            }
        }

        private static long mix(long z) {
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }

        private static long fnv1a64(String name) {
            long hash = 0xCBF29CE484222325L;
            for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ Byte.toUnsignedLong(b)) * 0x100000001B3L;
            }
            return hash;
        }
    }
}
