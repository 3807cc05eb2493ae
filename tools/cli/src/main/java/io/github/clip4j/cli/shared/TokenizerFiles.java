package io.github.clip4j.cli.shared;

import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.files.PartialFolder;
import io.github.clip4j.tokenizer.ClipTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model's tokenizer.
 *
 * @param source the folder that it is in, for errors to name; may be deleted, as that of an old checkpoint is
 * @param copy a temporary folder, which stays until the end
 */
public record TokenizerFiles(Path source, Path copy) implements AutoCloseable {
    /**
     * The tokenizer of a folder, or else CLIP's, cut to a number of tokens.
     *
     * @param source may have none, or be null
     * @throws DataException if CLIP's has not so many tokens
     */
    public static TokenizerFiles of(Path source, int size) {
        try {
            Path copy = Files.createTempDirectory("clip-tokenizer");
            boolean own = source != null && ClipTokenizer.isIn(source);
            TokenizerFiles files = new TokenizerFiles(own ? source : copy, copy);
            try {
                if (own) {
                    CheckpointFolder.copyTokenizer(source, copy);
                } else {
                    ClipTokenizer.writeClip(copy, size);
                }
            } catch (IOException | RuntimeException e) {
                files.close();
                throw e;
            }
            return files;
        } catch (IllegalArgumentException e) {
            throw new DataException("the model has " + e.getMessage() + " of CLIP's; add its own with --tokenizer", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the tokenizer cannot be written to the folder of temporary files: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            PartialFolder.delete(copy);
        } catch (IOException e) {
            throw new UncheckedIOException(copy + ": cannot be deleted: " + e, e);
        }
    }
}
