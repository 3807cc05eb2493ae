package io.github.clip4j.spark;

import io.github.clip4j.webdataset.Shards;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Inputs in batches, each a Spark job and a folder {@code batch=K} of Parquet files. Spark marks a folder that is complete
 * with {@code _SUCCESS}; such are not computed again.
 */
final class EmbedBatches {
    private static final String PLAN = "_plan";

    private final SparkSession spark;
    private final EmbedInputs embed;
    private final String output;
    private final int filesOfATask;

    EmbedBatches(SparkSession spark, EmbedInputs embed, String output, int filesOfATask) {
        this.spark = spark;
        this.embed = embed;
        this.output = output;
        this.filesOfATask = filesOfATask;
    }

    /** @throws IllegalArgumentException if the folder holds what was begun otherwise, or cannot be written */
    void run(List<String> inputs, int batch) {
        try {
            FileSystem system = new Path(output).getFileSystem(embed.files().configuration().value());
            require(system, plan(inputs, batch));
            for (int first = 0, number = 0; first < inputs.size(); first += batch, number++) {
                Path folder = new Path(output, "batch=" + number);
                if (!system.exists(new Path(folder, "_SUCCESS"))) {
                    write(inputs.subList(first, Math.min(first + batch, inputs.size())), folder);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(output + ": cannot be written: " + e, e);
        }
    }

    private void write(List<String> inputs, Path folder) {
        boolean tars = inputs.stream().anyMatch(Shards::isTar);
        int tasks = tars ? inputs.size() : Math.ceilDiv(inputs.size(), filesOfATask);
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        spark.createDataset(context.parallelize(inputs, tasks).rdd(), Encoders.STRING())
                .mapPartitions(embed, Encoders.row(EmbedInputs.SCHEMA))
                .write().mode(SaveMode.Overwrite).parquet(folder.toString());
    }

    /** What a run has to have in common with the one that it goes on with. */
    private String plan(List<String> inputs, int batch) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            inputs.forEach(name -> digest.update((name + "\n").getBytes(StandardCharsets.UTF_8)));
            return "model %s\ntruncate %s\ncaptions %s\nbatch %d\ninputs %d, sha256 %s\n".formatted(
                    embed.spec().model(),
                    embed.spec().truncate(), embed.captions(), batch, inputs.size(),
                    HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private void require(FileSystem system, String plan) throws IOException {
        Path file = new Path(output, PLAN);
        if (system.exists(file)) {
            try (InputStream content = system.open(file)) {
                String before = new String(content.readNBytes(1 << 16), StandardCharsets.UTF_8);
                if (!before.equals(plan)) {
                    throw new IllegalArgumentException(
                            "%s: was begun with [%s], which is not [%s]; go on with the same, or write to another folder"
                                    .formatted(output, line(before), line(plan)));
                }
            }
            return;
        }
        if (system.exists(new Path(output))) {
            for (FileStatus found : system.listStatus(new Path(output))) {
                if (!found.getPath().getName().startsWith(PLAN)) {
                    throw new IllegalArgumentException(
                            output + ": is not empty, and not of such a job; write to another folder");
                }
            }
        }
        Path beside = new Path(output, PLAN + ".tmp");
        try (OutputStream content = system.create(beside)) {
            content.write(plan.getBytes(StandardCharsets.UTF_8));
        }
        system.rename(beside, file);
    }

    private static String line(String plan) {
        return plan.strip().replace("\n", "; ");
    }
}
