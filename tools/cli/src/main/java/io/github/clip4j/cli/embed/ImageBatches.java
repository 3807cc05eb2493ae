package io.github.clip4j.cli.embed;

import io.github.clip4j.Clip;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.NamedImage;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.concurrent.Ahead;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Images embedded in batches, whose crops are made ahead; what cannot be read is told and left out. */
record ImageBatches(Clip clip, ImageOutput output, Failures failures, Progress progress) {
    /** Images embedded together; as many crops are made ahead. Bounds how many are in memory. */
    private static final int SIZE = 32;

    private record Crop(NamedImage image, RgbImage crop) {}

    /**
     * What became of the images.
     *
     * @param found how many there were
     * @param written how many the output took
     */
    record Count(int found, int written) {}

    /** @param threads to read and decode with */
    Count embed(Iterator<NamedImage> images, int threads) {
        int found = 0;
        int written = 0;
        try (Ahead<NamedImage, Crop> crops = new Ahead<>(images, this::crop, threads, SIZE)) {
            while (crops.hasNext()) {
                List<Crop> batch = new ArrayList<>();
                int before = found;
                for (; found < before + SIZE && crops.hasNext(); found++) {
                    try {
                        batch.add(crops.next());
                    } catch (ImageException | DataException e) {
                        leaveOut(e.getMessage());
                    }
                }
                written += output.write(clip, batch.stream().map(Crop::image).toList(),
                        clip.embedCrops(batch.stream().map(Crop::crop).toList()), this::leaveOut);
                progress.advance(found - before);
            }
        }
        progress.clear();
        return new Count(found, written);
    }

    private Crop crop(NamedImage image) {
        return new Crop(image, clip.preprocessor().crop(image.content().get()));
    }

    private void leaveOut(String message) {
        progress.clear();
        failures.add(message);
    }
}
