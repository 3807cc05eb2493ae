package io.github.clip4j.cli.shared;

import io.github.clip4j.image.ImageDecoder;
import picocli.CommandLine.Option;

/** Which way up images are. */
public final class OrientationOption {
    /** The values of the option. */
    enum Orientation {
        NONE, EXIF
    }

    @Option(names = "--orientation", paramLabel = "none|exif",
            description = {"Take images as they are stored, as CLIP's own pre-processing does, or turned as Exif says",
                    "(default: ${DEFAULT-VALUE})."})
    private Orientation orientation;

    /** @param exif the default */
    public OrientationOption(boolean exif) {
        this.orientation = exif ? Orientation.EXIF : Orientation.NONE;
    }

    public ImageDecoder decoder() {
        return new ImageDecoder().withExifOrientation(orientation == Orientation.EXIF);
    }
}
