package io.github.clip4j.train.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The pairs of one epoch, by position. Immutable and safe to share between threads. */
final class Epoch {
    private final CaptionedImages data;
    private final Sampling sampling;
    private final long number;
    /** For each position an image, or a pair where all captions are used. */
    private final int[] order;
    /** The number of pairs before each image's first. */
    private final int[] firstPair;
    private final Map<String, Integer> classes = new HashMap<>();

    /**
     * An image, its text, and a generator for its augmentation.
     *
     * @param prompt whether the text only names the class
     */
    record Sample(CaptionedImage image, int[] text, boolean prompt, SplittableRandom random) {}

    Epoch(CaptionedImages data, Sampling sampling, long number) {
        this.data = data;
        this.sampling = sampling;
        this.number = number;
        int images = data.images().size();
        firstPair = new int[images];
        for (int i = 1; i < images; i++) {
            firstPair[i] = firstPair[i - 1] + data.images().get(i - 1).captions().size();
        }
        data.images().forEach(image -> classes.putIfAbsent(image.label(), classes.size()));
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
        boolean prompt = random.nextDouble() < sampling.prompts().share();
        if (prompt) {
            texts = sampling.prompts().prompts().get(image.label());
            text = random.nextInt(texts.size());
        } else if (sampling.allCaptions()) {
            text = item - firstPair[imageOfPair(item)];
        } else if (sampling.shuffle()) {
            text = random.nextInt(texts.size());
        }
        return new Sample(image, prompt ? texts.get(text) : withoutSomeWords(texts.get(text), random), prompt, random);
    }

    /** Each token but start and end is left out with the same probability. */
    private int[] withoutSomeWords(int[] ids, SplittableRandom random) {
        double share = sampling.wordDropout();
        return share == 0
                ? ids
                : IntStream.range(0, ids.length)
                        .filter(i -> i == 0 || i == ids.length - 1 || random.nextDouble() >= share).map(i -> ids[i])
                        .toArray();
    }

    /** The number of the image's class. */
    int classOf(CaptionedImage image) {
        return classes.get(image.label());
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
