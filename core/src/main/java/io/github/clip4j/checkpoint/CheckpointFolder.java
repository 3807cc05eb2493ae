package io.github.clip4j.checkpoint;

import io.github.clip4j.files.PartialFile;
import io.github.clip4j.files.PartialFolder;
import io.github.clip4j.image.Preprocessing;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.stream.Stream;

/**
 * Writes models as folders that transformers loads as CLIPModel and CLIPProcessor: {@code config.json},
 * {@code model.safetensors}, {@code preprocessor_config.json} and the files of a tokenizer.
 *
 * @param preprocessing null for a model without an image tower
 * @param tokenizer folder from which the files of a tokenizer are copied, as many as there are; null for none
 */
public record CheckpointFolder(ClipConfig config, Preprocessing preprocessing, Path tokenizer) {
    private static final String WEIGHTS = "model.safetensors";
    private static final List<String> TOKENIZER = List.of("tokenizer.json", "tokenizer_config.json",
            "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt");

    /** Writes further files into a folder before it appears under its name. */
    @FunctionalInterface
    public interface MoreFiles {
        void writeTo(Path folder) throws IOException;
    }

    /** A folder for a model that is opened, with the tokenizer's files that are beside it. */
    public static CheckpointFolder of(PublishedModel model) {
        return new CheckpointFolder(model.config(), model.config().hasVision() ? model.preprocessing() : null,
                model.folder());
    }

    public CheckpointFolder withTokenizer(Path folder) {
        return new CheckpointFolder(config, preprocessing, folder);
    }

    /** The names of all files that {@link #write} may write. */
    public static List<String> files() {
        return Stream.concat(Stream.of(PublishedFiles.CONFIG, WEIGHTS, PreprocessingConfig.FILE), TOKENIZER.stream())
                .toList();
    }

    /**
     * Writes a whole folder, which appears under its name when it is complete, or nothing.
     *
     * @param folder not there yet, or empty
     * @param more writes further files into the folder
     * @throws CheckpointException if the folder is there and not empty, or something cannot be read or written
     */
    public void write(Path folder, SequencedCollection<? extends Tensor> tensors, MoreFiles more) {
        try {
            PartialFolder.write(folder, beside -> {
                config.write(beside.resolve(PublishedFiles.CONFIG));
                // transformers loads only files that say which framework their tensors are laid out for
                SafetensorsWriter.write(beside.resolve(WEIGHTS), tensors, Map.of("format", "pt"));
                if (preprocessing != null) {
                    PreprocessingConfig.write(preprocessing, beside.resolve(PreprocessingConfig.FILE));
                }
                if (tokenizer != null) {
                    copyTokenizer(tokenizer, beside);
                }
                more.writeTo(beside);
            });
        } catch (FileAlreadyExistsException e) {
            throw new CheckpointException(folder + ": expected nothing or an empty folder, found something else; "
                    + "name another folder", e);
        } catch (IOException e) {
            throw new CheckpointException(folder + ": cannot be written: " + e, e);
        }
    }

    /** Copies the files of a tokenizer, as many as there are, from one folder to another. */
    public static void copyTokenizer(Path from, Path to) throws IOException {
        for (String name : TOKENIZER) {
            if (Files.exists(from.resolve(name))) {
                PartialFile.write(to.resolve(name),
                        channel -> Files.copy(from.resolve(name), Channels.newOutputStream(channel)));
            }
        }
    }

    /** {@link #write(Path, SequencedCollection, MoreFiles)} of the model alone. */
    public void write(Path folder, SequencedCollection<? extends Tensor> tensors) {
        write(folder, tensors, _ -> {});
    }
}
