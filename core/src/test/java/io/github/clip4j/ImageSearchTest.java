package io.github.clip4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.find.Findings;
import io.github.clip4j.find.ImageSearch;
import io.github.clip4j.find.Match;
import io.github.clip4j.find.Tile;
import io.github.clip4j.find.Tiling;
import io.github.clip4j.image.ImageStrips;
import io.github.clip4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSearchTest {
    private static final List<String> OTHERS = List.of("a photo", "another");

    @TempDir
    Path folder;

    /** Scores are those of zero-shot classification of the part alone. */
    @Test
    void aTileScoresAsTheImageItIs() throws IOException {
        byte[] pixels = new byte[3 * 150 * 90];
        new SplittableRandom(9).nextBytes(pixels);
        RgbImage image = new RgbImage(150, 90, pixels);
        Path file = folder.resolve("image.png");
        image.writePng(file);
        Tiling tiling = new Tiling(150, 90, List.of(30, 60), 0.5);
        List<Integer> progress = new ArrayList<>();
        try (Clip clip = Clip.open(TinyModel.write(folder, TinyModel.CONFIG));
                ImageStrips strips = ImageStrips
                        .open(file)) {
            Findings findings = new ImageSearch(clip, "a cat", OTHERS).search(strips, tiling, progress::add);
            assertEquals(tiling.tiles().size(), findings.matches().size());
            assertEquals(tiling.tiles().size(), progress.stream().mapToInt(Integer::intValue).sum());
            LabelEmbeddings labels = clip.embedLabels(List.of("a cat", "a photo", "another"), List.of("{}"));
            double before = 1;
            for (Match match : findings.matches()) {
                double expected = clip.classify(part(image, match.tile()), labels).stream()
                        .filter(prediction -> prediction.label().equals("a cat")).findFirst().orElseThrow()
                        .probability();
                // a float32 cosine, times the logit scale of up to 100
                assertEquals(expected, match.score(), 1e-5, match.toString());
                assertTrue(match.score() <= before, match.toString());
                before = match.score();
            }
            assertThrows(IllegalArgumentException.class, () -> new ImageSearch(clip, " ", OTHERS));
            assertThrows(IllegalArgumentException.class, () -> new ImageSearch(clip, "a cat", List.of()));
            assertThrows(IllegalArgumentException.class, () -> new ImageSearch(clip, "a cat", OTHERS).search(strips,
                    new Tiling(90, 150, List.of(30), 0), _ -> {}));
        }
    }

    private static RgbImage part(RgbImage image, Tile tile) {
        byte[] pixels = new byte[3 * tile.size() * tile.size()];
        for (int y = 0; y < tile.size(); y++) {
            System.arraycopy(image.pixels(), 3 * ((tile.y() + y) * image.width() + tile.x()), pixels,
                    3 * y * tile.size(), 3 * tile.size());
        }
        return new RgbImage(tile.size(), tile.size(), pixels);
    }
}
