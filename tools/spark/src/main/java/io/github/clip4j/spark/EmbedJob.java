package io.github.clip4j.spark;

import io.github.clip4j.webdataset.Shards;
import io.github.clip4j.webdataset.WebDatasetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Embeds folders and WebDataset tars of images into Parquet files; what {@code spark-submit} runs. */
@Command(name = "clip-embed", mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = {"Embed images into Parquet files. A job that was stopped goes on where it was: run it again.",
                "Columns: name, embedding, caption, caption_embedding, metadata, error."})
public final class EmbedJob implements Callable<Integer> {
    @Option(names = "--images", paramLabel = "PATH", arity = "1..*", required = true,
            description = "Image files, folders, and tars in the form of WebDataset, {00000..00010}.tar for many.")
    private List<String> images;

    @Option(names = "--output", paramLabel = "DIR", required = true,
            description = "Folder for Parquet files, a folder batch=K of them for each batch of inputs.")
    private String output;

    @Option(names = "--model", paramLabel = "MODEL", required = true,
            description = "A path that is there on all machines, a name on the hub, or spark-files:NAME.")
    private String model;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "4096",
            description = "Inputs, images or tars, that are lost if the job is stopped (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--task", paramLabel = "N", defaultValue = "256",
            description = "Image files that a task embeds; of tars it is one (default: ${DEFAULT-VALUE}).")
    private int task;

    @Option(names = "--captions", description = "Embed the captions of tars, too.")
    private boolean captions;

    @Option(names = "--truncate", description = "Cut off captions longer than the model's context.")
    private boolean truncate;

    private EmbedJob() {}

    /** Runs the job and ends the JVM with 0 if it worked, 1 if it failed, 2 if the command line is at fault. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs the job in this JVM. */
    static int run(String... args) {
        return new CommandLine(new EmbedJob()).setExecutionExceptionHandler((e, line, _) -> {
            if (!(e instanceof IllegalArgumentException || e instanceof WebDatasetException)) {
                throw e;
            }
            line.getErr().println("clip-embed: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }).execute(args);
    }

    @Override
    public Integer call() throws SparkException {
        if (batch < 1 || task < 1) {
            throw new IllegalArgumentException("--batch " + batch + " --task " + task + ": expected 1 or more");
        }
        SparkSession spark = SparkSession.builder().appName("clip-embed").getOrCreate();
        ModelSpec spec = new ModelSpec(model, truncate);
        spec.check();
        HadoopFiles files = HadoopFiles.of(spark);
        List<String> inputs = new ArrayList<>();
        for (String name : images) {
            inputs.addAll(Shards.isTar(name) ? Shards.expand(name) : files.images(name));
        }
        EmbedInputs embed = new EmbedInputs(spec, captions, files,
                SharedModel.counter(spark));
        new EmbedBatches(spark, embed, output, task).run(inputs, batch);
        return 0;
    }
}
