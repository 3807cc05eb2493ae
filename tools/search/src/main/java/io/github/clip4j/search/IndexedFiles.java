package io.github.clip4j.search;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.webdataset.Sample;
import io.github.clip4j.webdataset.TarImages;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the images of an index again, files and members of tars. Safe to share between threads. */
public final class IndexedFiles {
    private final ImageDecoder decoder;
    private final TarImages tars = new TarImages();

    /** @param decoder with the limits, and which way up images are */
    public IndexedFiles(ImageDecoder decoder) {
        this.decoder = decoder;
    }

    /** @throws ImageException naming it, if it is not there any more, cannot be read, is broken or exceeds a limit */
    public RgbImage decode(IndexedImage image) {
        try {
            Path file = Path.of(image.path());
            Optional<Sample> sample = tars.find(file);
            byte[] content = sample.isPresent() ? sample.get().image().read() : decoder.read(file);
            return decoder.decode(content, image.path());
        } catch (InvalidPathException e) {
            throw new ImageException(image.path() + ": is not a file name on this machine: " + e.getReason(), e);
        }
    }
}
