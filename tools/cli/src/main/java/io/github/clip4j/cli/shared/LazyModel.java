package io.github.clip4j.cli.shared;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.search.ModelId;
import java.nio.file.Path;
import java.util.function.Supplier;

/** A model that is told from others by its files, and opened when something is to be embedded. */
public final class LazyModel implements Supplier<Clip>, AutoCloseable {
    private final Supplier<Path> folder;
    private final String name;
    private final ClipOptions options;
    private ModelId id;
    private Clip clip;

    /**
     * @param folder asked for when something of the model is needed
     * @param name for people
     */
    LazyModel(Supplier<Path> folder, String name, ClipOptions options) {
        this.folder = folder;
        this.name = name;
        this.options = options;
    }

    public synchronized ModelId id() {
        if (id == null) {
            id = ModelId.of(name, folder.get(), options.activation());
        }
        return id;
    }

    /** Length of an embedding. */
    public int dimension() {
        try (PublishedModel model = PublishedModel.open(folder.get(), options.activation())) {
            return model.config().projection();
        }
    }

    @Override
    public synchronized Clip get() {
        if (clip == null) {
            clip = Clip.open(folder.get(), options);
        }
        return clip;
    }

    @Override
    public synchronized void close() {
        if (clip != null) {
            clip.close();
        }
    }
}
