package io.github.clip4j.cli.shared;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.webdataset.Sample;
import io.github.clip4j.webdataset.Shards;
import io.github.clip4j.webdataset.TarSamples;
import io.github.clip4j.webdataset.WebDatasetException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The images that a user names, one after another: files and addresses as they are, the images below folders in the order
 * of their paths, and those of tars in the order in which they stand there. A tar that is missing or damaged is an image
 * that cannot be read.
 */
public final class NamedImages implements Iterator<NamedImage>, AutoCloseable {
    private final List<String> sources = new ArrayList<>();
    private final boolean tars;
    private final ImageInput input;
    private final ImageDecoder decoder;
    private int started;
    /** Of which samples are being taken, or null. */
    private TarSamples tar;
    private NamedImage next;

    /** @throws DataException if a folder has no images, or a name stands for no tars */
    public NamedImages(List<String> named, ImageDecoder decoder) {
        this.input = new ImageInput(decoder);
        this.decoder = decoder;
        try {
            for (String name : named) {
                sources.addAll(isTar(name) ? Shards.expand(name) : InputFiles.images(List.of(name)));
            }
        } catch (WebDatasetException e) {
            throw new DataException(e.getMessage(), e);
        }
        this.tars = sources.stream().anyMatch(NamedImages::isTar);
        this.next = find();
    }

    private static boolean isTar(String name) {
        return Shards.isTar(name) && !ImageInput.isAddress(name);
    }

    /** Whether some are in tars; how many there are is then known at the end. */
    public boolean haveTars() {
        return tars;
    }

    /** How many images and tars there are. */
    public int sources() {
        return sources.size();
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public NamedImage next() {
        if (next == null) {
            throw new NoSuchElementException();
        }
        NamedImage found = next;
        next = find();
        return found;
    }

    /** Null after the last one. */
    private NamedImage find() {
        while (tar != null || started < sources.size()) {
            if (tar == null) {
                String source = sources.get(started++);
                if (!isTar(source)) {
                    return new NamedImage(source, () -> input.read(source), null);
                }
                try {
                    tar = TarSamples.list(ImageInput.path(source));
                } catch (WebDatasetException e) {
                    return fault(source, e);
                }
            }
            NamedImage image = sample(sources.get(started - 1));
            if (image != null) {
                return image;
            }
            close();
        }
        return null;
    }

    /** Null after the last one of the tar. */
    private NamedImage sample(String source) {
        try {
            Sample sample = tar.next();
            return sample == null
                    ? null
                    : new NamedImage(sample.key(),
                            () -> decoder.decode(sample.image().read(), source + "/" + sample.member()), sample);
        } catch (WebDatasetException e) {
            return fault(source, e);
        }
    }

    private static NamedImage fault(String source, WebDatasetException e) {
        return new NamedImage(source, () -> {
            throw new DataException(e.getMessage(), e);
        }, null);
    }

    @Override
    public void close() {
        if (tar != null) {
            tar.close();
            tar = null;
        }
    }
}
