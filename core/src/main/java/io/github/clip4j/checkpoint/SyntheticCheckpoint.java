package io.github.clip4j.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

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
        super("synthetic model", new Parameters().of(config));
    }

    @Override
    public void close() {}

    /** Collects the parameters of a model. */
    private static final class Parameters {
        private final List<Formula> tensors = new ArrayList<>();

        List<Formula> of(ClipConfig config) {
            add("logit_scale");
            TextConfig text = config.text();
            add("text_model.embeddings.token_embedding.weight", text.vocabularySize(), text.tower().hidden());
            add("text_model.embeddings.position_embedding.weight", text.contextLength(), text.tower().hidden());
            tower("text_model.encoder.layers.", text.tower());
            layerNorm("text_model.final_layer_norm", text.tower().hidden());

            VisionConfig vision = config.vision();
            int hidden = vision.tower().hidden();
            int patch = vision.patchSize();
            add("vision_model.embeddings.class_embedding", hidden);
            add("vision_model.embeddings.patch_embedding.weight", hidden, vision.channels(), patch, patch);
            add("vision_model.embeddings.position_embedding.weight", vision.tokens(), hidden);
            layerNorm("vision_model.pre_layrnorm", hidden);
            tower("vision_model.encoder.layers.", vision.tower());
            layerNorm("vision_model.post_layernorm", hidden);

            add("visual_projection.weight", config.projection(), hidden);
            add("text_projection.weight", config.projection(), text.tower().hidden());
            return tensors;
        }

        private void tower(String prefix, TowerConfig tower) {
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
            tensors.add(Formula.of(name, shape));
        }
    }

    /** @param hash fnv1a64 of the name */
    private record Formula(String name, List<Long> shape, long hash, float scale, float offset) implements Tensor {
        private static final long GOLDEN = 0x9E3779B97F4A7C15L;

        static Formula of(String name, long... dimensions) {
            List<Long> shape = LongStream.of(dimensions).boxed().toList();
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
