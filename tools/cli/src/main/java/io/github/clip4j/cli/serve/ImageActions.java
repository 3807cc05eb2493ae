package io.github.clip4j.cli.serve;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.search.IndexedImage;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The files of the index, for people to look at. */
final class ImageActions {
    /** The longer side of a thumbnail in pixels. */
    private static final int THUMBNAIL = 256;
    private static final Map<String, String> TYPES = Map.of("jpg", "image/jpeg", "jpeg", "image/jpeg", "png",
            "image/png", "gif", "image/gif", "bmp", "image/bmp", "tif", "image/tiff", "tiff", "image/tiff", "webp",
            "image/webp");

    private final Album album;
    private final ImageDecoder decoder;
    private final Workers workers;

    ImageActions(Album album, ImageDecoder decoder, Workers workers) {
        this.album = album;
        this.decoder = decoder;
        this.workers = workers;
    }

    /** The file as it is; as an image only if its name says so, lest a browser runs it. */
    void file(Exchange exchange) {
        IndexedImage image = album.image(exchange.path("id"));
        try (Picture picture = album.picture(image)) {
            if (exchange.isCached(version(image))) {
                return;
            }
            String extension = image.path().substring(image.path().lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            String type = TYPES.getOrDefault(extension, "application/octet-stream");
            if (picture.temporary()) {
                exchange.bytes(type, decoder.read(picture.file()));
            } else {
                exchange.file(type, picture.file(), image.size());
            }
        }
    }

    /** A small JPEG. */
    void thumbnail(Exchange exchange) {
        IndexedImage image = album.image(exchange.path("id"));
        try (Picture picture = album.picture(image)) {
            if (!exchange.isCached(version(image) + "-" + THUMBNAIL)) {
                exchange.bytes("image/jpeg", workers.run(exchange.deadline(), () -> picture.read(this::thumbnail)));
            }
        }
    }

    private byte[] thumbnail(Path file) {
        RgbImage image = decoder.decode(file);
        double scale = Math.min(1, (double) THUMBNAIL / Math.max(image.width(), image.height()));
        return PilResize.resize(image, (int) Math.max(1, scale * image.width()),
                (int) Math.max(1, scale * image.height())).jpeg();
    }

    private static String version(IndexedImage image) {
        return image.id() + "-" + image.size() + "-" + image.modified();
    }
}
