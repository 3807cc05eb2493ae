package io.github.clip4j;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.kernels.Activation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small model with CLIP's vocabulary, written to a folder by the test itself. */
final class TinyModel {
    static final ClipConfig CONFIG = config(49408, 49407);

    private TinyModel() {}

    static ClipConfig config(int vocabulary, int endTokenId) {
        return new ClipConfig(
                new VisionConfig(new TowerConfig(40, 72, 2, 2, Activation.QUICK_GELU, 1e-5f), 48, 16, 3),
                new TextConfig(new TowerConfig(24, 56, 2, 3, Activation.GELU, 1e-5f), vocabulary, 20, endTokenId), 36);
    }

    static Path write(Path folder, ClipConfig config) {
        config.write(folder.resolve("config.json"));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), new SyntheticCheckpoint(config).tensors(),
                Map.of());
        return folder;
    }

    /** Images of random pixels and sizes. */
    static List<RgbImage> images(int n, long seed) {
        Random random = new Random(seed);
        List<RgbImage> images = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int width = 20 + random.nextInt(80);
            int height = 20 + random.nextInt(80);
            byte[] pixels = new byte[3 * width * height];
            random.nextBytes(pixels);
            images.add(new RgbImage(width, height, pixels));
        }
        return images;
    }
}
