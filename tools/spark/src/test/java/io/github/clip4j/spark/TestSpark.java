package io.github.clip4j.spark;

import io.github.clip4j.aerial.AerialModel;
import io.github.clip4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** A Spark in this JVM, and images. */
final class TestSpark {
    private TestSpark() {}

    static SparkSession start(String master) {
        return SparkSession.builder().master(master)
                .config("spark.ui.enabled", false)
                .config("spark.sql.shuffle.partitions", 3)
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
    }

    /** The model that ships, out of its jar. */
    static Path model(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(AerialModel.folder())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        return folder;
    }

    /** Noise of 60 x 40 pixels. */
    static Path image(Path file, int seed) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] pixels = new byte[3 * 60 * 40];
        new Random(seed).nextBytes(pixels);
        new RgbImage(60, 40, pixels).writePng(file);
        return file;
    }
}
