package io.github.clip4j.cli;

import io.github.clip4j.files.PartialFolder;
import io.github.clip4j.tokenizer.ClipTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder that a model's tokenizer is in.
 *
 * @param temporary whether it was made for now
 */
record TokenizerFiles(Path folder, boolean temporary) implements AutoCloseable {
    /**
     * A folder that has a tokenizer, or else CLIP's, cut to a number of tokens.
     *
     * @param source may have none, or be null
     * @throws DataException if CLIP's has not so many tokens
     */
    static TokenizerFiles of(Path source, int size) {
        if (source != null && ClipTokenizer.isIn(source)) {
            return new TokenizerFiles(source, false);
        }
        try {
            TokenizerFiles made = new TokenizerFiles(Files.createTempDirectory("clip-tokenizer"), true);
            ClipTokenizer.writeClip(made.folder, size);
            return made;
        } catch (IllegalArgumentException e) {
            throw new DataException("the model has " + e.getMessage() + " of CLIP's; add its own with --tokenizer", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the tokenizer cannot be written to the folder of temporary files: " + e, e);
        }
    }

    @Override
    public void close() {
        if (temporary) {
            try {
                PartialFolder.delete(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(folder + ": cannot be deleted: " + e, e);
            }
        }
    }
}
