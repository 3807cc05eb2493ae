package io.github.clip4j.spark;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.collection.Seq;
import scala.collection.immutable.ArraySeq;

/** Rows of Spark and what is in them. */
final class Rows {
    private Rows() {}

    /**
     * A vector as rows hold it. They would take an array, too, but then a map that follows, to which rows may be handed
     * as they are, could not read it.
     */
    static Seq<Object> vector(float[] vector) {
        return vector == null ? null : new ArraySeq.ofFloat(vector);
    }

    /** The vector in a column. */
    static float[] vector(Row row, int column) {
        return floats(row.getList(column));
    }

    static float[] floats(List<Float> values) {
        float[] vector = new float[values.size()];
        int i = 0;
        for (float value : values) {
            vector[i++] = value;
        }
        return vector;
    }

    /** A row with two columns more. */
    static Row with(Row row, Object first, Object second) {
        int columns = row.size();
        Object[] values = new Object[columns + 2];
        Arrays.setAll(values, i -> i < columns ? row.get(i) : null);
        values[columns] = first;
        values[columns + 1] = second;
        return RowFactory.create(values);
    }
}
