package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.names.Naming;
import io.github.clip4j.image.Centering;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.kernels.Activation;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.tokenizer.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A CLIP as it is published, in whichever form: its architecture, its weights under transformers' names, how it takes
 * images, its tokenizer. To be closed, which ends reading its weights.
 */
public final class PublishedModel implements AutoCloseable {
    private final Path folder;
    private final PublishedFiles files;
    private final NamedTensors stored;
    private final Naming naming;
    private final Checkpoint weights;
    private final boolean hasProjection;
    private final ClipConfig config;
    /** What {@code open_clip_config.json} says, where the config is of that file. */
    private final Optional<OpenClipConfig> openClip;

    private PublishedModel(Path folder, PublishedFiles files, NamedTensors stored, Optional<Activation> activation) {
        this.folder = folder;
        this.files = files;
        this.stored = stored;
        this.naming = Naming.of(stored);
        List<Tensor> tensors = naming.translate(stored);
        Optional<IdentityTensor> identity = missingProjection(tensors);
        identity.ifPresent(tensors::add);
        this.hasProjection = identity.isEmpty();
        this.weights = Checkpoint.of(stored.source(), tensors);
        this.openClip = files.openClip().filter(_ -> naming == Naming.OPEN_CLIP || files.config().isEmpty())
                .map(OpenClipConfig::read);
        ClipConfig told = openClip.map(OpenClipConfig::config).or(() -> files.config().map(ClipConfig::read))
                .orElseGet(() -> ShapeConfig.of(weights, activation.orElseGet(this::activation)));
        ClipConfig projected = identity.map(tensor -> told.withProjection((int) tensor.width())).orElse(told);
        this.config = activation.map(projected::withActivation).orElse(projected);
    }

    /** What stands for the projection of one tower that is published without any. */
    private static Optional<IdentityTensor> missingProjection(List<Tensor> tensors) {
        Map<String, Tensor> byName = new HashMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        Tensor image = byName.get(Parameters.CLASS_EMBEDDING);
        Tensor text = byName.get(Parameters.TOKEN_EMBEDDING);
        if (image != null && text != null) {
            return Optional.empty();
        }
        Tensor embedding = image == null ? text : image;
        String projection = image == null ? Parameters.TEXT_PROJECTION : Parameters.VISUAL_PROJECTION;
        if (embedding == null || byName.containsKey(projection) || embedding.shape().isEmpty()
                || embedding.shape().getLast() > Check.MAX_HIDDEN_SIZE) {
            return Optional.empty();
        }
        return Optional.of(new IdentityTensor(projection, embedding.shape().getLast()));
    }

    /**
     * Opens a model folder, or a file of weights whose architecture follows from its shapes unless there is a config
     * beside it.
     *
     * @param activation of both towers, where config or name do not tell it; wins over them
     * @throws CheckpointException if something is missing, malformed, or not told
     */
    public static PublishedModel open(Path path, Optional<Activation> activation) {
        PublishedFiles files = PublishedFiles.at(path);
        NamedTensors stored = NamedTensors.open(files.weights());
        try {
            return new PublishedModel(PublishedFiles.folder(path), files, stored, activation);
        } catch (Throwable e) {
            stored.close();
            throw e;
        }
    }

    /** Opens a model whose activation is told by its config or name. */
    public static PublishedModel open(Path path) {
        return open(path, Optional.empty());
    }

    /** What shapes do not tell. OpenAI's archives are of quick_gelu; some names say it. */
    private Activation activation() {
        Path file = files.weights();
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean openAis = stored.form().equals(Optional.of(FileForm.TORCH_SCRIPT))
                && stored.contains("input_resolution");
        if (openAis || name.contains("quickgelu")) {
            return Activation.QUICK_GELU;
        }
        if (name.startsWith("remoteclip-vit-")) { // as its authors load it: github.com/ChenDelong1999/RemoteCLIP
            return Activation.GELU;
        }
        throw new CheckpointException(file + ": expected to be told the activation, which weights do not tell: "
                + "give --activation gelu (open_clip's and LAION's models) or quick_gelu (OpenAI's and those that were "
                + "trained on from them), or add the model's config.json or open_clip_config.json");
    }

    /** The architecture. */
    public ClipConfig config() {
        return config;
    }

    /** The weights under the names of {@link Parameters}. */
    public Checkpoint weights() {
        return weights;
    }

    /** Whether there is a projection; a single tower may be without, and has the identity in its place. */
    public boolean hasProjection() {
        return hasProjection;
    }

    /** The form of the files and whose names are in them: {@code "flax msgpack, flax's names"}. */
    public String form() {
        return stored.form().map(form -> form + ", ").orElse("") + naming;
    }

    /**
     * How images become the model's input.
     *
     * @throws CheckpointException if the model takes no images, or other ones than those come out as
     */
    public Preprocessing preprocessing() {
        if (openClip.isPresent()) {
            return openClip.get().preprocessing();
        }
        Preprocessing settings = preprocessing(folder, config);
        return naming == Naming.OPEN_CLIP && !hasPreprocessing() ? settings.with(Centering.HALF_EVEN) : settings;
    }

    /** Whether the model's own files say how images become its input. */
    public boolean hasPreprocessing() {
        return openClip.isPresent() || Files.exists(folder.resolve(PreprocessingConfig.FILE));
    }

    /**
     * How images become a model's input: as {@code preprocessor_config.json} says, or as CLIP does where there is none.
     *
     * @throws CheckpointException if the model takes other images than those come out as
     */
    public static Preprocessing preprocessing(Path folder, ClipConfig config) {
        Path file = folder.resolve(PreprocessingConfig.FILE);
        int size = config.vision().imageSize();
        if (config.vision().channels() != 3) {
            throw new CheckpointException(folder.resolve(PublishedFiles.CONFIG) + ": num_channels is "
                    + config.vision().channels() + ", expected 3: red, green and blue");
        }
        Preprocessing settings = Files.exists(file)
                ? PreprocessingConfig.read(file)
                : Preprocessing.CLIP.withSize(size);
        if (settings.crop() != size) {
            throw new CheckpointException(
                    file + ": crop_size is " + settings.crop() + ", but config.json has image_size " + size);
        }
        return settings;
    }

    /** The folder that the tokenizer's files are in, if there are any. */
    public Path folder() {
        return folder;
    }

    /** The model's tokenizer, as {@link #tokenizer(Path, ClipConfig, Variant)}. */
    public ClipTokenizer tokenizer(Variant variant) {
        return tokenizer(folder, config, variant);
    }

    /**
     * The tokenizer in the folder, or CLIP's where there is none.
     *
     * @throws CheckpointException if the config is one for another tokenizer
     */
    public static ClipTokenizer tokenizer(Path folder, ClipConfig config, Variant variant) {
        ClipTokenizer tokenizer = ClipTokenizer.isIn(folder)
                ? ClipTokenizer.open(folder, variant)
                : ClipTokenizer.clip(variant);
        int vocabulary = config.text().vocabularySize();
        if (tokenizer.size() > vocabulary) {
            throw new CheckpointException(folder + ": the tokenizer has " + tokenizer.size()
                    + " tokens, but config.json has vocab_size " + vocabulary + "; add the model's tokenizer.json");
        }
        if (!config.text().legacyEndOfText() && config.text().endTokenId() != tokenizer.endId()) {
            throw new CheckpointException(folder + ": the tokenizer ends a text with id " + tokenizer.endId()
                    + ", but config.json has eos_token_id " + config.text().endTokenId());
        }
        return tokenizer;
    }

    @Override
    public void close() {
        stored.close();
    }
}
