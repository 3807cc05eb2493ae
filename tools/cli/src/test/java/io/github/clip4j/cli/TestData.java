package io.github.clip4j.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.kernels.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small model and images, so that the commands are tested without any file from elsewhere. */
public final class TestData {
    public static final ClipConfig CONFIG = new ClipConfig(
            new VisionConfig(new TowerConfig(16, 32, 2, 2, Activation.QUICK_GELU, 1e-5f), 32, 16, 3),
            new TextConfig(new TowerConfig(8, 16, 2, 2, Activation.QUICK_GELU, 1e-5f), 49408, 77, 49407), 8);

    private TestData() {}

    public static Path model(Path folder) throws IOException {
        return model(folder, new SyntheticCheckpoint(CONFIG).tensors());
    }

    static Path model(Path folder, Collection<? extends Tensor> tensors) throws IOException {
        Files.createDirectories(folder);
        CONFIG.write(folder.resolve("config.json"));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), List.copyOf(tensors), Map.of());
        return folder;
    }

    /** Noise of 60 x 40 pixels. */
    public static Path image(Path file, int seed) throws IOException {
        byte[] pixels = new byte[3 * 60 * 40];
        new Random(seed).nextBytes(pixels);
        new RgbImage(60, 40, pixels).writePng(file);
        return file;
    }

    public static Path shared(String name) {
        Path path = Path.of(System.getProperty("shared"), name);
        assumeTrue(Files.exists(path), "no reference data at " + path);
        return path;
    }
}
