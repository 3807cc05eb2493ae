package io.github.clip4j.cli.shared;

import io.github.clip4j.image.RgbImage;
import io.github.clip4j.webdataset.Sample;
import java.util.function.Supplier;

/**
 * An image to be read.
 *
 * @param name of its file or address, or its key in a tar
 * @param content reads and decodes it, or throws what is wrong with it
 * @param sample what belongs to an image of a tar; null for others
 */
public record NamedImage(String name, Supplier<RgbImage> content, Sample sample) {
    /** Null if it has none. */
    public String caption() {
        return sample == null ? null : sample.caption();
    }

    /** An object in JSON; null if it has none. */
    public String metadata() {
        return sample == null ? null : sample.metadata();
    }
}
