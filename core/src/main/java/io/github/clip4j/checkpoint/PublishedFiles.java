package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.raw.Quote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files that say what a published model is: its configs, and its weights in the one form that is taken of those that
 * are there.
 *
 * @param config {@code config.json} of a CLIP, in transformers' form
 * @param openClip {@code open_clip_config.json}
 * @param weights a file, or the index of several
 */
public record PublishedFiles(Optional<Path> config, Optional<Path> openClip, Path weights) {
    static final String CONFIG = "config.json";
    static final String OPEN_CLIP_CONFIG = "open_clip_config.json";
    static final String INDEX = ".index.json";
    private static final String OPEN_CLIP = "open_clip_";
    /** Names under which weights are published, the preferred first. */
    private static final List<String> WEIGHTS = List.of("model.safetensors", "model.safetensors" + INDEX,
            OPEN_CLIP + "model.safetensors", OPEN_CLIP + "pytorch_model.safetensors", "pytorch_model.bin",
            "pytorch_model.bin" + INDEX, OPEN_CLIP + "pytorch_model.bin", "flax_model.msgpack");

    /** The files of a model, wherever they are. */
    @FunctionalInterface
    public interface Lookup {
        /** The file of this name, if there is one. */
        Optional<Path> file(String name);
    }

    /**
     * The configs that there are, of those that describe a CLIP.
     *
     * @param other a config.json that does not
     */
    private record Configs(Optional<Path> config, Optional<Path> openClip, Optional<JsonObject> other) {
        /** @throws CheckpointException if there is only the config of another model */
        void requireClip(String source) {
            if (other.isPresent() && openClip.isEmpty()) {
                throw new CheckpointException(source + ": expected a CLIP, but its config.json says "
                        + architecture(other.get()) + "; name another model");
            }
        }

        /** The names that the weights may have: beside the config of another model, such as timm's, those are its own. */
        List<String> weights() {
            return other.isPresent() ? WEIGHTS.stream().filter(name -> name.startsWith(OPEN_CLIP)).toList() : WEIGHTS;
        }
    }

    /**
     * Finds the files of a model that has a config.
     *
     * @param source begins every message
     * @return empty if there is no config or none of the names under which weights are published
     * @throws CheckpointException if a config says that it is no CLIP
     */
    public static Optional<PublishedFiles> find(Lookup lookup, String source) {
        Configs configs = configs(lookup);
        configs.requireClip(source);
        if (configs.config.isEmpty() && configs.openClip.isEmpty()) {
            return Optional.empty();
        }
        // whatever is refused is refused before weights are asked for, which may be a download
        configs.config.ifPresentOrElse(ClipConfig::read, () -> OpenClipConfig.read(configs.openClip.orElseThrow()));
        return configs.weights().stream().flatMap(name -> lookup.file(name).stream()).findFirst()
                .map(weights -> new PublishedFiles(configs.config, configs.openClip, weights));
    }

    /**
     * The names of the files that an index of shards names.
     *
     * @throws CheckpointException if it is no index, or names a file that is not in the same folder
     */
    public static Set<String> shards(Path index) {
        return ShardedCheckpoint.namesByShard(index).keySet();
    }

    private static Configs configs(Lookup lookup) {
        Optional<Path> config = lookup.file(CONFIG);
        Optional<Path> openClip = lookup.file(OPEN_CLIP_CONFIG);
        Optional<JsonObject> other = config.map(JsonObject::read).filter(root -> !ConfigFile.isClip(root));
        return new Configs(config.filter(_ -> other.isEmpty()), openClip, other);
    }

    private static String architecture(JsonObject root) {
        for (String field : List.of("model_type", "architecture", "architectures")) {
            if (root.has(field)) {
                Object value = root.fields().get(field);
                return field + " " + (value instanceof String text ? Quote.of(text) : Quote.brief(value.toString()));
            }
        }
        return "no model_type";
    }

    /**
     * The files of a model folder, where the weights may also be the only {@code .pt} or {@code .pth} file, or else the
     * only {@code .safetensors} file, or of a file of weights by itself, beside which configs may be.
     *
     * @throws CheckpointException if there are no weights, or a config says that it is no CLIP
     */
    public static PublishedFiles at(Path path) {
        boolean folder = Files.isDirectory(path);
        if (!folder && !Files.exists(path)) {
            throw new CheckpointException(path + ": expected a model folder or a file of weights, found nothing");
        }
        Configs configs = configs(in(folder(path)));
        if (folder) {
            configs.requireClip(path.toString()); // a file by itself may lie anywhere, beside what is not its own
        }
        return new PublishedFiles(configs.config, configs.openClip,
                folder ? weights(path, configs.weights()) : path);
    }

    /** Configs and weights, all shards of them: what a model's vectors depend on, beside how images are prepared. */
    public List<Path> all() {
        List<Path> all = new ArrayList<>(config.stream().toList());
        openClip.ifPresent(all::add);
        all.add(weights);
        if (weights.toString().endsWith(INDEX)) {
            shards(weights).forEach(name -> all.add(weights.resolveSibling(name)));
        }
        return all;
    }

    /** The folder of a model: itself, or the one that a file of weights is in. */
    public static Path folder(Path model) {
        return Files.isDirectory(model) ? model : model.toAbsolutePath().getParent();
    }

    /** Whether a folder holds a config, of whichever model. */
    public static boolean isConfigured(Path folder) {
        return in(folder).file(CONFIG).or(() -> in(folder).file(OPEN_CLIP_CONFIG)).isPresent();
    }

    /** The weights in a folder, whatever they are of; a file stands for itself. */
    static Path weights(Path path) {
        return Files.isDirectory(path) ? weights(path, WEIGHTS) : path;
    }

    private static Path weights(Path folder, List<String> names) {
        Optional<Path> published = names.stream().flatMap(name -> in(folder).file(name).stream()).findFirst();
        if (published.isPresent()) {
            return published.get();
        }
        List<Path> others = others(folder, ".*\\.pth?");
        if (others.isEmpty()) {
            others = others(folder, ".*\\.safetensors");
        }
        if (others.size() != 1) {
            throw new CheckpointException(folder + ": expected weights in this folder, one of "
                    + String.join(", ", names) + ", or one file *.pt, *.pth or *.safetensors, found "
                    + (others.isEmpty() ? "none" : others.size() + " of them; name one")
                    + (Files.exists(folder.resolve("tf_model.h5")) ? "; tf_model.h5 is not read" : ""));
        }
        return others.getFirst();
    }

    private static Lookup in(Path folder) {
        return name -> Optional.of(folder.resolve(name)).filter(Files::exists);
    }

    private static List<Path> others(Path folder, String pattern) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("(?s)" + pattern)).sorted().toList();
        } catch (IOException e) {
            throw new CheckpointException(folder + ": cannot be read: " + e, e);
        }
    }
}
