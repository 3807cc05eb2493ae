package io.github.clip4j.spark;

import io.github.clip4j.Clip;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.LongAccumulator;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * CLIP in SQL: {@code clip_embed_text(string)} and {@code clip_embed_image(binary)}, null where the row has none, and
 * {@code clip_similarity(a, b)}, the cosine of two vectors. They embed row by row; for many rows {@link ClipEmbedder}
 * is faster and tells what is wrong with a row.
 */
public final class ClipFunctions {
    private static final DataType VECTOR = DataTypes.createArrayType(DataTypes.FloatType, false);

    private ClipFunctions() {}

    /**
     * Registers the functions.
     *
     * @param model as {@link ClipEmbedder#setModel} takes it
     * @throws IllegalArgumentException if there is no such model
     */
    public static void register(SparkSession spark, String model) {
        ModelSpec spec = new ModelSpec(model, false);
        spec.check();
        LongAccumulator opened = SharedModel.counter(spark);
        UDF1<String, float[]> text = value -> SharedModel.use(spec, opened,
                clip -> only(new Embedder(clip).texts(Collections.singletonList(value))));
        UDF1<byte[], float[]> image = value -> SharedModel.use(spec, opened,
                clip -> only(new Embedder(clip).images(Collections.singletonList(value == null
                        ? null
                        : new Embedder.Image("image", () -> value)))));
        UDF2<Seq<Float>, Seq<Float>, Float> similarity = (a, b) -> a == null || b == null
                ? null
                : Clip.similarity(vector(a), vector(b));
        spark.udf().register("clip_embed_text", text, VECTOR);
        spark.udf().register("clip_embed_image", image, VECTOR);
        spark.udf().register("clip_similarity", similarity, DataTypes.FloatType);
    }

    private static float[] only(List<Embedding> embeddings) {
        return embeddings.getFirst().vector();
    }

    private static float[] vector(Seq<Float> values) {
        return Rows.floats(CollectionConverters.asJava(values));
    }
}
