package io.github.clip4j.cli.train;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.TextConfig;
import io.github.clip4j.checkpoint.TowerConfig;
import io.github.clip4j.checkpoint.VisionConfig;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.kernels.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A data set that can be learned: squares of one colour and what it is called. */
final class TrainData {
    /** Of a new model. */
    static final ClipConfig CONFIG = new ClipConfig(
            new VisionConfig(new TowerConfig(24, 48, 2, 2, Activation.QUICK_GELU, 1e-5f), 16, 8, 3),
            new TextConfig(new TowerConfig(16, 32, 2, 2, Activation.QUICK_GELU, 1e-5f), 600, 24, 599), 16);
    private static final String[] COLORS = {"red", "green", "blue", "gray"};

    final Path folder;

    /** Writes images, train.jsonl with 12 of them, valid.jsonl with 4, classes.json and config.json. */
    TrainData(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("images"));
        Random random = new Random(1);
        List<String> train = new ArrayList<>();
        List<String> valid = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String color = COLORS[i % 4];
            byte[] pixels = new byte[3 * 20 * 24];
            for (int p = 0; p < pixels.length; p++) {
                boolean on = i % 4 == 3 || p % 3 == i % 4;
                pixels[p] = (byte) ((on ? 150 : 20) + random.nextInt(60));
            }
            String name = "images/" + color + "_" + i + ".png";
            new RgbImage(20, 24, pixels).writePng(folder.resolve(name));
            (i < 12 ? train : valid).add("{\"filename\": \"%s\", \"captions\": [\"a %s square\", \"%s\", \"all %s\"]}"
                    .formatted(name, color, color, color));
        }
        Files.write(folder.resolve("train.jsonl"), train);
        Files.write(folder.resolve("valid.jsonl"), valid);
        Files.writeString(folder.resolve("classes.json"),
                "{\"red\": \"red\", \"green\": \"green\", \"blue\": \"blue\", \"gray\": \"gray\"}");
        CONFIG.write(folder.resolve("config.json"));
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** The command line of a run of 2 epochs of 3 steps, and more options. */
    List<Object> train(Path output, Object... more) {
        List<Object> line = new ArrayList<>(List.of("train", "--data", folder, "--train", file("train.jsonl"),
                "--valid",
                file("valid.jsonl"), "--config", file("config.json"), "--output", output, "--epochs", 2, "--batch", 4,
                "--micro-batch", 3, "--learning-rate", "3e-3", "--warmup-steps", 2, "--seed", 7));
        line.addAll(List.of(more));
        return line;
    }
}
