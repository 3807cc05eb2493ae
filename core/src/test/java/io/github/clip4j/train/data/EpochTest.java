package io.github.clip4j.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.train.data.Epoch.Sample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EpochTest {
    private static final int IMAGES = 100;
    /** Image i has i % 4 + 1 captions {i, c}; 250 in all. */
    private static final CaptionedImages DATA = new CaptionedImages(Path.of("d.jsonl"), IntStream.range(0, IMAGES)
            .mapToObj(i -> new CaptionedImage(Path.of("a_" + i),
                    IntStream.rangeClosed(0, i % 4).mapToObj(c -> new int[]{i, c}).toList()))
            .toList());

    private static Sampling sampling(boolean allCaptions, long seed) {
        return new Sampling(8, true, allCaptions, ClassPrompts.NONE, 0, Augmentation.NONE, seed);
    }

    private static List<Sample> samples(Epoch epoch) {
        return IntStream.range(0, epoch.size()).mapToObj(epoch::sample).toList();
    }

    private static List<String> texts(List<Sample> samples) {
        return samples.stream().map(sample -> sample.text()[0] + "/" + sample.text()[1]).toList();
    }

    @Test
    void anEpochHasEachImageOnceAndDropsTheRest() {
        for (int seed = 0; seed < 50; seed++) {
            List<Sample> samples = samples(new Epoch(DATA, sampling(false, seed), seed));
            assertEquals(96, samples.size(), "seed " + seed);
            assertEquals(96, samples.stream().map(Sample::image).distinct().count(), "seed " + seed);
            samples.forEach(sample -> assertEquals(sample.image().file(), Path.of("a_" + sample.text()[0])));
        }
    }

    @Test
    void anEpochOfAllCaptionsHasEachPairOnce() {
        Sampling all = new Sampling(1, true, true, ClassPrompts.NONE, 0, Augmentation.NONE, 1);
        List<Sample> samples = samples(new Epoch(DATA, all, 0));
        assertEquals(250, samples.size());
        assertEquals(250, texts(samples).stream().distinct().count());
        samples.forEach(sample -> assertEquals(sample.image().file(), Path.of("a_" + sample.text()[0])));
        assertEquals(248, new Epoch(DATA, sampling(true, 1), 0).size());
    }

    @Test
    void seedAndEpochDetermineEverything() {
        List<List<String>> different = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            for (int epoch = 0; epoch < 5; epoch++) {
                List<Sample> once = samples(new Epoch(DATA, sampling(false, seed), epoch));
                List<Sample> again = samples(new Epoch(DATA, sampling(false, seed), epoch)).reversed();
                assertEquals(texts(once), texts(again.reversed()), "seed " + seed + ", epoch " + epoch);
                for (int i = 0; i < once.size(); i++) {
                    assertEquals(once.get(i).random().nextLong(), again.get(once.size() - 1 - i).random().nextLong());
                }
                different.add(texts(once));
            }
        }
        assertEquals(25, different.stream().distinct().count(), "seeds and epochs that give the same order");
    }

    @Test
    void generatorsDiffer() {
        List<Long> draws = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            for (int epoch = 0; epoch < 5; epoch++) {
                samples(new Epoch(DATA, sampling(false, seed), epoch))
                        .forEach(sample -> draws.add(sample.random().nextLong()));
            }
        }
        assertEquals(25 * 96, draws.stream().distinct().count());
    }

    /** Positions of an image and choices among its captions over many epochs, within 5 standard deviations. */
    @Test
    void ordersAndCaptionsAreUniform() {
        int epochs = 4000;
        Sampling each = new Sampling(1, true, false, ClassPrompts.NONE, 0, Augmentation.NONE, 7);
        double position = 0;
        int[] captions = new int[4];
        for (int e = 0; e < epochs; e++) {
            Epoch epoch = new Epoch(DATA, each, e);
            for (int i = 0; i < IMAGES; i++) {
                Sample sample = epoch.sample(i);
                if (sample.text()[0] == 3) {
                    position += (double) i / epochs;
                    captions[sample.text()[1]]++;
                }
            }
        }
        assertEquals(49.5, position, 5 * IMAGES / Math.sqrt(12.0 * epochs), "mean position");
        for (int c = 0; c < 4; c++) {
            assertEquals(epochs / 4.0, captions[c], 5 * Math.sqrt(epochs * 0.25 * 0.75), "caption " + c);
        }
    }

    @Test
    void promptsTakeTheirShare() {
        int epochs = 200;
        List<int[]> prompts = List.of(new int[]{-1, 0}, new int[]{-1, 1}, new int[]{-1, 2});
        for (double share : new double[]{0, 0.3, 1}) {
            Sampling mixed = new Sampling(1, true, false, new ClassPrompts(share, Map.of("a", prompts)),
                    0, Augmentation.NONE, 3);
            Map<Integer, Integer> counts = new HashMap<>();
            for (int e = 0; e < epochs; e++) {
                samples(new Epoch(DATA, mixed, e)).stream().filter(sample -> sample.text()[0] == -1)
                        .forEach(sample -> counts.merge(sample.text()[1], 1, Integer::sum));
            }
            for (int p = 0; p < prompts.size(); p++) {
                double n = epochs * IMAGES;
                assertEquals(n * share / 3, counts.getOrDefault(p, 0),
                        5 * Math.sqrt(n * (share / 3) * (1 - share / 3)), "prompt " + p + " at share " + share);
            }
        }
    }

    /** Start and end stay, prompts stay whole, words go with their probability, within 5 standard deviations. */
    @Test
    void wordsAreDropped() {
        int words = 20;
        int[] caption = IntStream.range(0, words + 2).toArray();
        List<CaptionedImage> images = IntStream.range(0, IMAGES)
                .mapToObj(i -> new CaptionedImage(Path.of("a_" + i), List.of(caption))).toList();
        int[] prompt = {-1, -2, -3};
        for (double share : new double[]{0, 0.1, 0.7}) {
            Sampling sampling = new Sampling(1, true, false, new ClassPrompts(0.5, Map.of("a", List.of(prompt))), share,
                    Augmentation.NONE, 5);
            long captions = 0;
            long kept = 0;
            for (int e = 0; e < 100; e++) {
                for (Sample sample : samples(new Epoch(new CaptionedImages(Path.of("d.jsonl"), images), sampling, e))) {
                    int[] text = sample.text();
                    if (sample.prompt()) {
                        assertSame(prompt, text);
                    } else {
                        assertEquals(0, text[0]);
                        assertEquals(words + 1, text[text.length - 1]);
                        assertArrayEquals(IntStream.of(text).sorted().distinct().toArray(), text);
                        captions++;
                        kept += text.length - 2;
                    }
                }
            }
            double all = words * captions;
            assertEquals(all * (1 - share), kept, 5 * Math.sqrt(all * share * (1 - share)), "share " + share);
        }
    }

    @Test
    void wordDropoutOutOfRange() {
        for (double share : new double[]{-0.1, 1, Double.NaN}) {
            assertEquals("word dropout: expected 0 or more and less than 1, found " + share,
                    assertThrows(IllegalArgumentException.class,
                            () -> new Sampling(1, true, false, ClassPrompts.NONE, share, Augmentation.NONE, 0))
                            .getMessage());
        }
    }

    @Test
    void inOrderKeepsEverything() {
        Epoch first = new Epoch(DATA, Sampling.inOrder(8, false), 0);
        assertEquals(IMAGES, first.size());
        Epoch all = new Epoch(DATA, Sampling.inOrder(8, true), 5);
        assertEquals(250, all.size());
        int position = 0;
        for (int i = 0; i < IMAGES; i++) {
            CaptionedImage image = DATA.images().get(i);
            assertSame(image.captions().getFirst(), first.sample(i).text());
            for (int[] caption : image.captions()) {
                assertSame(image, all.sample(position).image());
                assertSame(caption, all.sample(position++).text());
            }
        }
    }

    @Test
    void augmentationDoesNotChangeTheTexts() {
        Sampling plain = sampling(false, 9);
        Sampling augmented = new Sampling(8, true, false, ClassPrompts.NONE, 0,
                new Augmentation(null, true, true, true, 1, 1, 1), 9);
        assertEquals(texts(samples(new Epoch(DATA, plain, 2))), texts(samples(new Epoch(DATA, augmented, 2))));
        assertNotEquals(texts(samples(new Epoch(DATA, plain, 2))), texts(samples(new Epoch(DATA, plain, 3))));
    }
}
