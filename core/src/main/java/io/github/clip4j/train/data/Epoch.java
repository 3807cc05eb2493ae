package io.github.clip4j.train.data;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** The pairs of one epoch, by position. Immutable and safe to share between threads. */
final class Epoch {
    private final CaptionedImages data;
    private final Sampling sampling;
    private final long number;
    /** For each position an image, or a pair where all captions are used. */
    private final int[] order;
    /** The number of pairs before each image's first. */
    private final int[] firstPair;

    /** An image, its text, and a generator for its augmentation. */
    record Sample(CaptionedImage image, int[] text, SplittableRandom random) {}

    Epoch(CaptionedImages data, Sampling sampling, long number) {
        this.data = data;
        this.sampling = sampling;
        this.number = number;
        int images = data.images().size();
        firstPair = new int[images];
        for (int i = 1; i < images; i++) {
            firstPair[i] = firstPair[i - 1] + data.images().get(i - 1).captions().size();
        }
        order = new int[sampling.allCaptions() ? data.pairs() : images];
        Arrays.setAll(order, i -> i);
        if (sampling.shuffle()) {
            shuffle(order, random(sampling.seed(), number));
        }
    }

    /** The number of pairs that make batches. */
    int size() {
        return sampling.shuffle() ? order.length - order.length % sampling.batch() : order.length;
    }

    Sample sample(int position) {
        SplittableRandom random = random(sampling.seed(), number, position);
        int item = order[position];
        CaptionedImage image = data.images().get(sampling.allCaptions() ? imageOfPair(item) : item);
        List<int[]> texts = image.captions();
        int text = 0;
        if (random.nextDouble() < sampling.prompts().share()) {
            texts = sampling.prompts().prompts().get(image.label());
            text = random.nextInt(texts.size());
        } else if (sampling.allCaptions()) {
            text = item - firstPair[imageOfPair(item)];
        } else if (sampling.shuffle()) {
            text = random.nextInt(texts.size());
        }
        return new Sample(image, texts.get(text), random);
    }

    private int imageOfPair(int pair) {
        int found = Arrays.binarySearch(firstPair, pair);
        return found >= 0 ? found : -found - 2;
    }

    /** Fisher and Yates. */
    private static void shuffle(int[] items, SplittableRandom random) {
        for (int i = items.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int item = items[i];
            items[i] = items[j];
            items[j] = item;
        }
    }

    /** A generator that the numbers determine; each is mixed with those before it, so that none can make up for another. */
    private static SplittableRandom random(long... numbers) {
        long state = 0;
        for (long number : numbers) {
            state = new SplittableRandom(state + number).nextLong();
        }
        return new SplittableRandom(state);
    }
}
