package io.github.clip4j.cli.shared;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageDownload;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Images that a user names: a file, an address to fetch, or {@code -} for standard input. Immutable and safe to share
 * between threads.
 */
public final class ImageInput {
    private static final Pattern ADDRESS = Pattern.compile("(?s)\\p{Alpha}[\\p{Alnum}+.-]+://.*");

    /** The name of the image on standard input. */
    public static final String STANDARD_INPUT = "-";

    private final ImageDecoder decoder;
    private final ImageDownload download = new ImageDownload();

    public ImageInput(ImageDecoder decoder) {
        this.decoder = decoder;
    }

    /** Whether an image is named by an address and not by its path. */
    public static boolean isAddress(String image) {
        return ADDRESS.matcher(image).matches();
    }

    /**
     * Reads and decodes an image.
     *
     * @throws ImageException if it cannot be fetched, is no image, is broken or too large
     * @throws DataException if it is neither an address nor a file name
     */
    public RgbImage read(String image) {
        if (image.equals(STANDARD_INPUT)) {
            return decoder.decode(decoder.read(System.in, "standard input"), "standard input");
        }
        return isAddress(image) ? decoder.decode(download.fetch(image), image) : decoder.decode(path(image));
    }

    static Path path(String image) {
        try {
            return Path.of(image);
        } catch (InvalidPathException e) {
            throw new DataException(image + ": is not a file name on this machine: " + e.getReason(), e);
        }
    }
}
