package io.github.clip4j.spark;

import static org.apache.spark.sql.functions.col;

import io.github.clip4j.Clip;
import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.Prediction;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;

/** What is done with columns of vectors. */
public final class ClipDatasets {
    /** Vectors of a block of {@link #nearDuplicates}: 16 MiB where they have 512 elements. */
    private static final int BLOCK = 8192;

    private ClipDatasets() {}

    /**
     * Pairs of rows whose vectors are nearly the same: columns {@code a} and {@code b}, the ids as strings and in
     * order, and {@code similarity}. Exact: every vector is multiplied with every other, {@code n² · dimension}
     * operations in {@code (n / 8192)²} tasks. The vectors are read once and held in Spark's storage, on disk where
     * memory ends.
     *
     * @param id column that tells rows apart
     * @param vector column of unit vectors; rows without one are left out
     * @param least cosine of a pair, such as 0.95
     */
    public static Dataset<Row> nearDuplicates(Dataset<Row> rows, String id, String vector, double least) {
        Dataset<Row> named = rows.select(col(id).cast("string").as("id"), col(vector).as("vector"))
                .where(col("vector").isNotNull());
        int parts = (int) Math.max(1, Math.ceilDiv(named.count(), BLOCK));
        JavaRDD<VectorBlock> blocks = named.repartition(parts, col("id")).toJavaRDD()
                .mapPartitionsWithIndex((number, part) -> List.of(VectorBlock.of(number, part)).iterator(), true)
                .persist(StorageLevel.MEMORY_AND_DISK());
        JavaRDD<Row> pairs = blocks.cartesian(blocks).filter(pair -> pair._1().number() <= pair._2().number())
                .flatMap(pair -> pair._1().similar(pair._2(), (float) least).iterator());
        return rows.sparkSession().createDataset(pairs.rdd(), Encoders.row(new StructType()
                .add("a", DataTypes.StringType, false)
                .add("b", DataTypes.StringType, false)
                .add("similarity", DataTypes.FloatType, false)));
    }

    /**
     * Adds the label that fits an image best, columns {@code label} and {@code probability} as {@code Clip.classify}
     * gives them; null where the row has no vector.
     *
     * @param vector column of unit vectors of images, made with this model
     * @param model as {@link ClipEmbedder#setModel} takes it
     * @param templates such as {@code "a photo of a {}"}
     * @throws IllegalArgumentException if there is no such model, there are no labels, or a template has no braces
     */
    public static Dataset<Row> nearestLabels(Dataset<Row> rows, String vector, String model, List<String> labels,
            List<String> templates) {
        ModelSpec spec = new ModelSpec(model, false);
        spec.check();
        LongAccumulator opened = SharedModel.counter(rows.sparkSession());
        List<float[]> embeddings = SharedModel.use(spec, opened,
                clip -> clip.embedLabels(labels, templates).embeddings());
        int column = rows.schema().fieldIndex(vector);
        MapPartitionsFunction<Row, Row> classify = new Classify(spec, opened, column, List.copyOf(labels),
                new ArrayList<>(embeddings));
        return rows.mapPartitions(classify, Encoders.row(rows.schema().add("label", DataTypes.StringType)
                .add("probability", DataTypes.FloatType)));
    }

    private record Classify(ModelSpec spec, LongAccumulator opened, int column, List<String> labels,
            ArrayList<float[]> embeddings) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            if (!rows.hasNext()) {
                return rows; // for which no model is needed
            }
            LabelEmbeddings known = new LabelEmbeddings(labels, embeddings);
            Clip clip = SharedModel.forTask(spec, opened);
            return new Batches<>(rows, batch -> batch.stream().map(row -> label(clip, known, row)).toList());
        }

        private Row label(Clip clip, LabelEmbeddings known, Row row) {
            if (row.isNullAt(column)) {
                return Rows.with(row, null, null);
            }
            Prediction best = clip.classify(Rows.vector(row, column), known).getFirst();
            return Rows.with(row, best.label(), best.probability());
        }
    }
}
