package io.github.clip4j.aerial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.Clip;
import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.Prediction;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AerialModelTest {
    private static final Path SAMPLES = Path.of("samples");

    @Test
    void samplesAreWhatTheCodeDraws() {
        for (Map.Entry<String, RgbImage> sample : SampleImages.all().entrySet()) {
            RgbImage stored = new ImageDecoder().decode(SAMPLES.resolve(sample.getKey()));
            assertArrayEquals(sample.getValue().pixels(), stored.pixels(), sample.getKey());
        }
    }

    @Test
    void tellsTheSamplesApart() {
        try (Clip clip = AerialModel.open()) {
            LabelEmbeddings labels = clip.embedLabels(List.of("beach", "parking", "farmland", "forest", "airport"),
                    List.of(AerialModel.TEMPLATE));
            for (String name : SampleImages.all().keySet()) {
                Prediction best = clip.classify(SAMPLES.resolve(name), labels).getFirst();
                assertEquals(name, best.label() + ".png");
            }
        }
    }

    @Test
    void isAtMost16Megabytes() throws IOException {
        try (Stream<Path> files = Files.list(AerialModel.folder())) {
            long bytes = files.mapToLong(file -> file.toFile().length()).sum();
            assertTrue(bytes > 0 && bytes <= 16_000_000, bytes + " bytes");
        }
    }
}
