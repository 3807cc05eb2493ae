package io.github.clip4j.train.data;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decodes image files and keeps the first ones in memory. None is dropped for another: an epoch asks for each image
 * once, so the one used last is the one needed last. Safe to share between threads.
 */
public final class ImageCache {
    private final ImageDecoder decoder;
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final Map<Path, RgbImage> images = new ConcurrentHashMap<>();

    /**
     * @param maxBytes of decoded pixels that are kept, 3 for each; 0 keeps none
     */
    public ImageCache(ImageDecoder decoder, long maxBytes) {
        this.decoder = decoder;
        this.maxBytes = maxBytes;
    }

    /** With the default limits of decoding, and an eighth of the largest heap to keep images in. */
    public ImageCache() {
        this(new ImageDecoder(), Runtime.getRuntime().maxMemory() / 8);
    }

    /** @throws ImageException naming the file, if it cannot be decoded */
    RgbImage image(Path file) {
        RgbImage kept = images.get(file);
        if (kept != null) {
            return kept;
        }
        RgbImage image = decoder.decode(file);
        int length = image.pixels().length;
        if (bytes.addAndGet(length) > maxBytes || images.putIfAbsent(file, image) != null) {
            bytes.addAndGet(-length);
        }
        return image;
    }
}
