package io.github.clip4j.cli.shared;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.aerial.AerialModel;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.tokenizer.Variant;
import io.github.clip4j.train.Explainer;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that embeds. */
public final class ModelOptions {
    @Mixin
    private ModelFolderOption folder;

    @Mixin
    private ThreadsOption threads;

    @Option(names = "--variant", paramLabel = "NAME", defaultValue = "transformers",
            description = "Tokenizer to follow: transformers or openai (default: ${DEFAULT-VALUE}).")
    private Variant variant;

    @Option(names = "--truncate", description = "Cut off texts that are longer than the model's context.")
    private boolean truncate;

    /** What the model is to be run with, checked without opening it. */
    public ClipOptions check() {
        return folder.addTo(
                ClipOptions.DEFAULT.withThreads(threads.count()).withVariant(variant).withTruncate(truncate));
    }

    /** How labels become prompts where nothing else is asked for: as the model that ships inside was trained. */
    public String template() {
        return folder.isGiven() ? "a photo of a {}" : AerialModel.TEMPLATE;
    }

    /** Names the model for people. */
    public String name() {
        return folder.name();
    }

    /** What lies beside its weights for telling that no label fits. */
    public Optional<Calibration> calibration() {
        return Calibration.of(folder.path());
    }

    /** A model that is not opened yet. */
    public LazyModel lazy() {
        return new LazyModel(folder::path, folder.name(), check());
    }

    /** The same, of which as much is read then as is needed. */
    public LazyModel lazyByLayer() {
        return new LazyModel(folder::path, folder.name(), check().withLazy(true));
    }

    /** The model as one that tells reasons. */
    public Explainer explainer() {
        return Explainer.open(folder.path(), check());
    }

    public Clip open() {
        return Clip.open(folder.path(), check());
    }

    /** One of which as much is read as is needed: for a command that may embed once. */
    public Clip openLazily() {
        return Clip.open(folder.path(), check().withLazy(true));
    }
}
