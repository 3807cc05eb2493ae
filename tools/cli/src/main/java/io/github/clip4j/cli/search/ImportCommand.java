package io.github.clip4j.cli.search;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.ModelFolderOption;
import io.github.clip4j.cli.vectors.EmbeddingReader;
import io.github.clip4j.cli.vectors.IndexRow;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.ModelId;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "import",
        description = "Add the vectors of a file to an index: all of them, or none if one is at fault.",
        footerHeading = "%nExample:%n", footer = "  clip import photos.npy --index photos-index")
public final class ImportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private IndexOption index;

    @Mixin
    private ModelFolderOption model;

    @Parameters(paramLabel = "FILE",
            description = "What clip export has written, or another program in its form; unit vectors.")
    private Path file;

    @Option(names = "--quantize", description = "As for clip index.")
    private boolean quantize;

    @Override
    public Integer call() {
        try (EmbeddingReader reader = EmbeddingReader.open(file)) {
            IndexRow row = reader.next();
            if (row == null) {
                throw new DataException(file + ": has no vectors");
            }
            ModelId id = id(row.model());
            int count = 0;
            try (ImageIndexWriter writer = ImageIndexWriter.open(index.folder(), id, row.embedding().length,
                    quantize)) {
                for (; row != null; row = reader.next()) {
                    count++;
                    put(writer, row, id, count);
                }
                writer.commit();
                spec.commandLine().getOut().println(String.format(Locale.ROOT, "%s: %,d images, of them %,d of %s",
                        index.folder(), writer.size(), count, file));
            }
        }
        return 0;
    }

    /** The model that a file names, or that the user does if the file names none. */
    private ModelId id(ModelId named) {
        if (!model.isGiven()) {
            if (named == null) {
                throw new DataException(file + ": does not tell which model made its vectors; name it with --model");
            }
            return named;
        }
        ModelId given = ModelId.of(model.name(), model.path(), model.activation());
        if (named != null && !named.sha256().equals(given.sha256())) {
            throw new DataException(file + ": was made with the model " + named + ", not with " + given);
        }
        return given;
    }

    private void put(ImageIndexWriter writer, IndexRow row, ModelId id, int number) {
        if (row.model() != null && !row.model().sha256().equals(id.sha256())) {
            throw new DataException("%s: row %d is of the model %s, those before it of %s".formatted(file, number,
                    row.model(), id));
        }
        try {
            writer.put(row.image(), row.embedding());
        } catch (IllegalArgumentException e) {
            throw new DataException(file + ": row " + number + ": " + e.getMessage(), e);
        }
    }
}
