package io.github.clip4j.spark;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.hub.Hub;
import io.github.clip4j.hub.HubException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/**
 * Which model executors open.
 *
 * @param model a path that is there on all machines, a name on the Hugging Face hub, or {@code spark-files:NAME} for
 *        what {@code SparkContext.addFile} has brought to them
 * @param truncate whether texts longer than the model's context are cut off
 */
record ModelSpec(String model, boolean truncate) implements Serializable {
    private static final String SPARK_FILES = "spark-files:";

    /**
     * Finds out on the driver what would fail on each executor.
     *
     * @throws IllegalArgumentException if there is no such file, and it is no name on the hub either
     */
    void check() {
        try {
            if (model.isBlank()) {
                throw new IllegalArgumentException("model: expected a folder, a name on the hub or " + SPARK_FILES
                        + "NAME, found nothing");
            }
            if (model.startsWith(SPARK_FILES)) {
                if (!Files.exists(sparkFile())) {
                    throw new IllegalArgumentException(model + ": nothing of this name was given to"
                            + " SparkContext.addFile; a folder is given with recursive = true");
                }
            } else if (Hub.existing(model).isEmpty()) {
                Hub.name(model);
            }
        } catch (HubException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private Path sparkFile() {
        return Path.of(SparkFiles.get(model.substring(SPARK_FILES.length())));
    }

    /** Opens it with as many threads as the executor has cores, which all its tasks share. */
    Clip open() {
        ClipOptions options = ClipOptions.DEFAULT.withThreads(cores()).withTruncate(truncate);
        return model.startsWith(SPARK_FILES) ? Clip.open(sparkFile(), options) : Clip.open(model, options);
    }

    private static int cores() {
        SparkConf conf = SparkEnv.get().conf();
        String local = conf.get("spark.master", "").replaceFirst("local\\[(\\d+).*", "$1");
        int all = local.matches("\\d+") ? Integer.parseInt(local) : Runtime.getRuntime().availableProcessors();
        return conf.getInt("spark.executor.cores", all);
    }
}
