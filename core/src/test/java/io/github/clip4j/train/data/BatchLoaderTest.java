package io.github.clip4j.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.train.Batch;
import io.github.clip4j.train.data.Augmentation.RandomCrop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchLoaderTest {
    private static final int IMAGES = 23;
    private static final ImagePreprocessor PREPROCESSOR = new ImagePreprocessor(Preprocessing.CLIP.withSize(16));
    private static final Augmentation AUGMENTATION = new Augmentation(new RandomCrop(0.3, 1, 0.75, 4 / 3.0), true, true,
            true, 0.3, 0.3, 0.3);
    private static final Sampling SAMPLING = new Sampling(4, true, false, ClassPrompts.NONE, 0, AUGMENTATION, 11);

    @TempDir
    private static Path folder;
    private static CaptionedImages data;

    @BeforeAll
    static void write() throws IOException {
        data = DataFolder.write(folder, IMAGES, 5);
    }

    private static Batches batches(Sampling sampling, long cacheBytes, int threads) {
        return new Batches(data, sampling, PREPROCESSOR, new ImageCache(new ImageDecoder(), cacheBytes), threads);
    }

    private static List<Batch> load(Batches batches, long epoch, int step) {
        List<Batch> loaded = new ArrayList<>();
        try (BatchLoader loader = batches.load(epoch, step)) {
            while (loader.hasNext()) {
                loaded.add(loader.next());
            }
            assertThrows(NoSuchElementException.class, loader::next);
        }
        return loaded;
    }

    private static void assertEqual(List<Batch> expected, List<Batch> actual, String message) {
        assertEquals(expected.size(), actual.size(), message);
        for (int b = 0; b < expected.size(); b++) {
            String batch = message + ", batch " + b;
            assertArrayEquals(expected.get(b).pixels(), actual.get(b).pixels(), batch);
            assertArrayEquals(expected.get(b).texts().toArray(), actual.get(b).texts().toArray(), batch);
        }
    }

    @Test
    void withoutAugmentationEqualsThePreprocessor() {
        List<Batch> loaded = load(batches(Sampling.inOrder(4, false), 0, 2), 0, 0);
        assertEquals(6, loaded.size());
        assertEquals(3, loaded.getLast().texts().size());
        for (int i = 0; i < IMAGES; i++) {
            int length = 3 * 16 * 16;
            float[] expected = new float[length];
            PREPROCESSOR.normalize(PREPROCESSOR.crop(new ImageDecoder().decode(data.images().get(i).file())), expected,
                    0);
            Batch batch = loaded.get(i / 4);
            assertEquals(batch.texts().size() * length, batch.pixels().length);
            assertArrayEquals(expected, Arrays.copyOfRange(batch.pixels(), i % 4 * length, (i % 4 + 1) * length),
                    "image " + i);
            assertArrayEquals(DataFolder.TOKENIZER.tokenizer().encode("number " + i + " text 0"),
                    batch.texts().get(i % 4), "text of image " + i);
        }
    }

    @Test
    void anyNumberOfThreadsAndAnyCacheGiveTheSame() {
        Batches plain = batches(SAMPLING, 0, 1);
        assertEquals(5, plain.perEpoch());
        for (int threads : new int[]{1, 2, 4}) {
            for (long cacheBytes : new long[]{0, 30_000, 1 << 30}) {
                Batches batches = batches(SAMPLING, cacheBytes, threads);
                for (int epoch = 0; epoch < 3; epoch++) {
                    assertEqual(load(plain, epoch, 0), load(batches, epoch, 0),
                            "%d threads, cache of %d, epoch %d".formatted(threads, cacheBytes, epoch));
                }
            }
        }
    }

    @Test
    void startingAtAStepEqualsContinuing() {
        for (boolean allCaptions : new boolean[]{false, true}) {
            Sampling sampling = new Sampling(4, true, allCaptions, prompts(), 0, AUGMENTATION, 3);
            List<Batch> whole = load(batches(sampling, 0, 2), 6, 0);
            for (int step = 0; step <= whole.size(); step++) {
                assertEqual(whole.subList(step, whole.size()), load(batches(sampling, 0, 2), 6, step),
                        "all captions " + allCaptions + ", from step " + step);
            }
        }
    }

    private static ClassPrompts prompts() {
        return ClassPrompts.of(0.5, data, Map.of("beach", "beach", "port", "port", "bareland", "bare land"),
                ClassPrompts.AERIAL_TEMPLATES, DataFolder.TOKENIZER);
    }

    @Test
    void epochsAreAugmentedAnew() {
        Sampling sampling = new Sampling(IMAGES, true, false, ClassPrompts.NONE, 0, AUGMENTATION, 3);
        assertFalse(Arrays.equals(load(batches(sampling, 0, 1), 0, 0).getFirst().pixels(),
                load(batches(sampling, 0, 1), 1, 0).getFirst().pixels()));
    }

    @Test
    void aBrokenImageIsNamedByItsBatchAndNoEarlier(@TempDir Path other) throws IOException {
        CaptionedImages damaged = DataFolder.write(other, 12, 6);
        Path file = damaged.images().get(9).file();
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
        Batches batches = new Batches(damaged, Sampling.inOrder(4, false), PREPROCESSOR, new ImageCache(), 2);
        try (BatchLoader loader = batches.load(0, 0)) {
            assertEquals(4, loader.next().texts().size());
            assertEquals(4, loader.next().texts().size());
            String message = assertThrows(ImageException.class, loader::next).getMessage();
            assertTrue(message.startsWith(file + ": ") && message.lines().count() == 1, message);
        }
    }

    @Test
    void closingStopsTheThreads() throws InterruptedException {
        BatchLoader loader = batches(Sampling.inOrder(20, false), 0, 3).load(0, 0);
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("clip4j-loader-")).toList();
        assertFalse(threads.isEmpty());
        loader.close();
        for (Thread thread : threads) {
            thread.join(10_000);
            assertFalse(thread.isAlive(), thread.getName());
        }
        loader.close();
    }

    @Test
    void refusesWhatCannotBeLoaded() {
        Sampling large = new Sampling(24, true, false, ClassPrompts.NONE, 0, Augmentation.NONE, 0);
        assertEquals(
                data.source() + ": has fewer pairs than a batch of 24: 23 images, 45 captions; use a smaller batch",
                assertThrows(DataSetException.class, () -> batches(large, 0, 1)).getMessage());
        Sampling unprompted = new Sampling(4, true, false, new ClassPrompts(1, Map.of()), 0, Augmentation.NONE, 0);
        assertThrows(DataSetException.class, () -> batches(unprompted, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> batches(Sampling.inOrder(1 << 22, false), 0, 1));
        assertThrows(IllegalArgumentException.class, () -> batches(SAMPLING, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Sampling.inOrder(0, false));
        assertThrows(IllegalArgumentException.class, () -> batches(SAMPLING, 0, 1).load(0, 6));
        assertThrows(IllegalArgumentException.class, () -> batches(SAMPLING, 0, 1).load(0, -1));
    }
}
