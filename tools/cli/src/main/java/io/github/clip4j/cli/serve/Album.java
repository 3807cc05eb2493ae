package io.github.clip4j.cli.serve;

import io.github.clip4j.image.ImageException;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.IndexException;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.webdataset.Sample;
import io.github.clip4j.webdataset.TarImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpStatus;

/** The images of the index, as it is now, and those that requests bring along. */
final class Album {
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Optional<ImageIndex> index;
    private final Log log;
    private final TarImages tars = new TarImages();
    private final AtomicLong refreshed = new AtomicLong(System.nanoTime());

    Album(Optional<ImageIndex> index, Log log) {
        this.index = index;
        this.log = log;
    }

    /** The number of images that can be searched, if there is an index. */
    Optional<Integer> size() {
        return index.map(_ -> index().size());
    }

    /** @throws ApiException if there is none */
    ImageIndex index() {
        ImageIndex current = index.orElseThrow(
                () -> ApiException.notFound("there are no images to search; start the server with --index DIR"));
        long now = System.nanoTime();
        long last = refreshed.get();
        if (now - last >= REFRESH_NANOS && refreshed.compareAndSet(last, now)) {
            try {
                current.refresh();
            } catch (IndexException e) {
                log.line(e.getMessage()); // and goes on with what was read before
            }
        }
        return current;
    }

    /** @throws ApiException if there is no such image in the index */
    IndexedImage image(String id) {
        return index().byId(id).orElseThrow(() -> ApiException.notFound("there is no image " + id));
    }

    /** @throws ApiException if it is not there any more as it was indexed */
    Picture picture(IndexedImage image) {
        Path file = Path.of(image.path());
        try {
            if (Files.isRegularFile(file) && Files.size(file) == image.size()) {
                return new Picture(file, false);
            }
            Optional<Sample> sample = tars.find(file).filter(found -> found.size() == image.size());
            if (sample.isPresent()) {
                byte[] content = sample.get().image().read();
                return new Picture(Files.write(Files.createTempFile("clip-", ".member"), content), true);
            }
        } catch (IOException | ImageException _) {
            // gone meanwhile
        }
        throw new ApiException(HttpStatus.GONE_410, "the file of image " + image.id() + " was changed or deleted");
    }

    /**
     * The image that a request is about: its body, or one of the index.
     *
     * @param id in the request's options, or null
     */
    Picture picture(Exchange exchange, String id) {
        if (exchange.isImage() == (id != null)) {
            throw ApiException.badRequest("expected an image, either as the body or as \"image\" with an id");
        }
        return id == null ? new Picture(exchange.upload(), true) : picture(image(id));
    }
}
