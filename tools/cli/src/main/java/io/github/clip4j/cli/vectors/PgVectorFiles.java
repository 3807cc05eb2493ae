package io.github.clip4j.cli.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.search.IndexedImage;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A table of PostgreSQL with the pgvector extension: {@code X.sql} for psql makes the table, fills it from {@code X.copy}
 * beside it and indexes it; {@code X.copy} is the text form of {@code COPY}. Floats are written so that they read back the
 * same.
 */
public final class PgVectorFiles implements AutoCloseable {
    /** An unquoted name, with a schema or without. */
    private static final Pattern TABLE = Pattern.compile("([a-z_][a-z0-9_]{0,62}\\.)?[a-z_][a-z0-9_]{0,62}");

    private final OutputFile sql;
    private final OutputFile copy;

    /**
     * @param file ends in {@code .sql}
     * @param table in lower case
     * @param dimension of the vectors
     * @throws UsageException if the name of the file or the table is another
     */
    public PgVectorFiles(Path file, String table, int dimension) {
        if (!file.toString().endsWith(".sql")) {
            throw new UsageException(file + ": expected a name that ends in .sql");
        }
        if (!TABLE.matcher(table).matches()) {
            throw new UsageException("--table \"" + table + "\": expected a name of small letters, digits and _, with a"
                    + " schema's before it or without");
        }
        Path rows = copyFile(file);
        this.sql = new OutputFile(file);
        this.copy = new OutputFile(rows);
        sql.append(UTF_8.encode("""
                -- psql -f %1$s, in the folder of %2$s
                SET client_encoding = 'UTF8';
                CREATE EXTENSION IF NOT EXISTS vector;
                CREATE TABLE %3$s (
                    id text PRIMARY KEY,
                    path text NOT NULL,
                    size bigint NOT NULL,
                    modified bigint NOT NULL, -- milliseconds since 1970
                    sha256 text NOT NULL,
                    width integer NOT NULL,
                    height integer NOT NULL,
                    embedding vector(%4$d) NOT NULL -- of unit length
                );
                \\copy %3$s FROM '%2$s'
                -- the nearest first: ORDER BY embedding <#> '[...]' LIMIT 10; <#> is minus the cosine
                CREATE INDEX ON %3$s USING hnsw (embedding vector_ip_ops);
                """.formatted(file.getFileName(), rows.getFileName().toString().replace("'", "''"), table, dimension)));
    }

    public static Path copyFile(Path file) {
        return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.sql$", ".copy"));
    }

    /** Appends an image. */
    public void add(IndexedImage image, float[] embedding) {
        StringBuilder row = new StringBuilder();
        row.append(image.id()).append('\t').append(escape(image.path())).append('\t').append(image.size()).append('\t')
                .append(image.modified()).append('\t').append(image.sha256()).append('\t').append(image.width())
                .append('\t').append(image.height()).append("\t[");
        for (int i = 0; i < embedding.length; i++) {
            row.append(i == 0 ? "" : ",").append(embedding[i]);
        }
        copy.append(UTF_8.encode(row.append("]\n").toString()));
    }

    /** What COPY takes for a column's or a row's end. */
    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
    }

    /** Puts both files in their place. */
    public void finish() {
        copy.commit();
        sql.commit();
    }

    @Override
    public void close() {
        sql.close();
        copy.close();
    }
}
