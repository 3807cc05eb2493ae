package io.github.clip4j.train.data;

/**
 * How training images are varied, in this order: a random crop, flips and quarter turns each with equal chances, then
 * brightness, contrast and saturation, each by a factor that is uniform in {@code [max(0, 1 - x), 1 + x]}. Source of the
 * distributions: {@code RandomResizedCrop} and {@code ColorJitter} of torchvision.
 *
 * @param crop null for the centre crop that the model is used with
 * @param quarterTurns with both flips or one of them: all eight orientations of a square
 * @param brightness x of the brightness factor, 0 for none; the next two likewise
 */
public record Augmentation(RandomCrop crop, boolean horizontalFlip, boolean verticalFlip, boolean quarterTurns,
        double brightness, double contrast, double saturation) {
    /** Every image as the model is used with it. */
    public static final Augmentation NONE = new Augmentation(null, false, false, false, 0, 0, 0);

    /** @throws IllegalArgumentException naming the value that is out of bounds */
    public Augmentation {
        checkJitter("brightness", brightness);
        checkJitter("contrast", contrast);
        checkJitter("saturation", saturation);
    }

    private static void checkJitter(String name, double value) {
        if (!(value >= 0 && value <= 10)) {
            throw new IllegalArgumentException(name + ": expected 0 to 10, found " + value);
        }
    }

    /**
     * A rectangle at a random place, scaled to the model's square: its area a share of the image's that is uniform in
     * {@code [minArea, maxArea]}, its width divided by its height log-uniform in {@code [minAspect, maxAspect]}.
     */
    public record RandomCrop(double minArea, double maxArea, double minAspect, double maxAspect) {
        /** @throws IllegalArgumentException naming the range that is out of bounds */
        public RandomCrop {
            checkRange("area of the random crop", minArea, maxArea, 1e-6, 1);
            checkRange("aspect ratio of the random crop", minAspect, maxAspect, 0.01, 100);
        }

        private static void checkRange(String name, double low, double high, double min, double max) {
            if (!(min <= low && low <= high && high <= max)) {
                throw new IllegalArgumentException("%s: expected a range within %s to %s, found %s to %s"
                        .formatted(name, min, max, low, high));
            }
        }
    }
}
