package example;

import io.github.clip4j.spark.ClipDatasets;
import io.github.clip4j.spark.ClipEmbedder;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The label that fits each image of a folder best: MODEL FOLDER. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        SparkSession spark = SparkSession.builder().appName("example").getOrCreate();
        Dataset<Row> images = spark.read().format("binaryFile").load(args[1]);
        Dataset<Row> embedded = new ClipEmbedder().setModel(args[0]).transform(images);
        ClipDatasets.nearestLabels(embedded, "embedding", args[0], List.of("beach", "parking", "farmland"),
                List.of("an aerial photograph of {}")).select("path", "label", "probability").orderBy("path").show(false);
        spark.stop();
    }
}
