package io.github.clip4j.cli;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.RgbImage;
import java.nio.file.Path;

/** An image that a user names: a file, or an address to fetch. */
final class ImageInput {
    private ImageInput() {}

    static RgbImage read(String image) {
        return new ImageDecoder().decode(Path.of(image));
    }
}
