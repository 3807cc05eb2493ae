package io.github.clip4j.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;

/**
 * The rows of a partition with two columns more: vector and error.
 *
 * @param texts whether strings are texts and not paths of images
 * @param input which column
 */
record EmbedRows(ModelSpec spec, boolean texts, int input, HadoopFiles files, LongAccumulator opened)
        implements
            MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return rows; // for which no model is needed
        }
        Embedder embedder = new Embedder(SharedModel.forTask(spec, opened));
        return new Batches<>(rows, batch -> embed(embedder, batch));
    }

    private List<Row> embed(Embedder embedder, List<Row> rows) {
        List<Embedding> embeddings = texts
                ? embedder.texts(rows.stream().map(row -> row.getString(input)).toList())
                : embedder.images(rows.stream().map(this::image).toList());
        List<Row> embedded = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            embedded.add(Rows.with(rows.get(i), Rows.vector(embeddings.get(i).vector()), embeddings.get(i).error()));
        }
        return embedded;
    }

    private Embedder.Image image(Row row) {
        return switch (row.get(input)) {
            case null -> null;
            case byte[] content -> new Embedder.Image("image", () -> content);
            case String path -> new Embedder.Image(path, () -> files.read(path));
            case Object other -> throw new IllegalStateException("a column of " + other.getClass());
        };
    }
}
