package io.github.clip4j.cli.search;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.cli.vectors.EmbeddingWriter;
import io.github.clip4j.cli.vectors.IndexRow;
import io.github.clip4j.cli.vectors.PgVectorFiles;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.ModelId;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "export", description = "Write the vectors of an index and what it knows of their images to a file.",
        footerHeading = "%nExample:%n", footer = {"  clip export --index photos-index --output photos.npy",
                "  clip export --index photos-index --format pgvector --output photos.sql && psql -f photos.sql"})
public final class ExportCommand implements Callable<Integer> {
    @Mixin
    private IndexOption index;

    @Option(names = "--output", paramLabel = "FILE", required = true,
            description = {"X.npy (float32 [n, d], with a line of JSON for each row in X.names.jsonl), X.safetensors,",
                    "X.jsonl, or X.sql with --format pgvector."})
    private Path output;

    @Option(names = "--format", paramLabel = "pgvector",
            description = {
                    "A table of PostgreSQL with the pgvector extension: X.sql makes it, fills it from X.copy beside it",
                    "and indexes it."})
    private String format;

    @Option(names = "--table", paramLabel = "NAME", defaultValue = "photos",
            description = "The table's name (default: ${DEFAULT-VALUE}).")
    private String table;

    @Override
    public Integer call() {
        boolean pgvector = format != null || output.toString().endsWith(".sql");
        if (format != null && !format.equals("pgvector")) {
            throw new UsageException("--format " + format + ": expected pgvector; the others go by the file's name");
        }
        if (!pgvector) {
            EmbeddingWriter.requireFormat(output);
        }
        try (ImageIndex images = ImageIndex.open(index.folder())) {
            if (images.size() == 0) {
                throw new DataException(index.folder() + ": has no images to export");
            }
            if (pgvector) {
                writeTable(images);
            } else {
                write(images);
            }
        }
        return 0;
    }

    private void write(ImageIndex images) {
        ModelId model = images.model();
        Map<String, String> notes = Map.of(IndexRow.MODEL, model.name(), IndexRow.MODEL_SHA256, model.sha256());
        try (EmbeddingWriter writer = EmbeddingWriter.create(output, IndexRow.PATH, notes)) {
            images.forEach((image, embedding) -> writer.add(image.path(),
                    object -> IndexRow.writeDetails(image, object), embedding));
            writer.finish();
        }
    }

    private void writeTable(ImageIndex images) {
        try (PgVectorFiles files = new PgVectorFiles(output, table, images.dimension())) {
            images.forEach(files::add);
            files.finish();
        }
    }
}
