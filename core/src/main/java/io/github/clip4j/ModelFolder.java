package io.github.clip4j;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.PreprocessingConfig;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.tokenizer.Variant;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a model folder holds beside config and weights, checked against the config. */
public final class ModelFolder {
    private ModelFolder() {}

    /**
     * How images become the model's input: as {@code preprocessor_config.json} says, or as CLIP does where there is none.
     *
     * @throws CheckpointException if the model takes other images than those come out as
     */
    public static Preprocessing preprocessing(Path folder, ClipConfig config) {
        Path file = folder.resolve("preprocessor_config.json");
        int size = config.vision().imageSize();
        if (config.vision().channels() != 3) {
            throw new CheckpointException(folder.resolve("config.json") + ": num_channels is "
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
}
