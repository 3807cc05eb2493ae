package io.github.clip4j.spark;

import io.github.clip4j.Clip;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/**
 * A model that all tasks of an executor use: opened by the first, closed when none has used it for a minute. Its memory
 * and threads are there once, however many tasks run.
 */
final class SharedModel {
    private static final Executor AFTER_A_MINUTE = CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES);
    /** The tasks of a JVM have nothing in common but its classes, so this is static. */
    private static final Map<ModelSpec, SharedModel> OPEN = new HashMap<>();

    private final ModelSpec spec;
    private Clip clip;
    // what follows is guarded by OPEN
    private int users;
    private long uses;
    private boolean waiting;

    private SharedModel(ModelSpec spec) {
        this.spec = spec;
    }

    /** Counts how often a model is opened, in Spark's page too. */
    static LongAccumulator counter(SparkSession spark) {
        return spark.sparkContext().longAccumulator("CLIP models opened");
    }

    /**
     * The model, until the running task ends.
     *
     * @param opened counts how often it was opened
     */
    static Clip forTask(ModelSpec spec, LongAccumulator opened) {
        SharedModel shared = acquire(spec);
        TaskCompletionListener atTheEnd = _ -> shared.release();
        TaskContext.get().addTaskCompletionListener(atTheEnd);
        return shared.clip(opened);
    }

    /** Uses the model once, in a task or on the driver. */
    static <R> R use(ModelSpec spec, LongAccumulator opened, Function<Clip, R> work) {
        SharedModel shared = acquire(spec);
        try {
            return work.apply(shared.clip(opened));
        } finally {
            shared.release();
        }
    }

    private static SharedModel acquire(ModelSpec spec) {
        synchronized (OPEN) {
            SharedModel shared = OPEN.computeIfAbsent(spec, SharedModel::new);
            shared.users++;
            shared.uses++;
            return shared;
        }
    }

    private synchronized Clip clip(LongAccumulator opened) {
        if (clip == null) {
            clip = spec.open();
            opened.add(1);
        }
        return clip;
    }

    private void release() {
        synchronized (OPEN) {
            users--;
            if (users == 0 && !waiting) {
                awaitUse(uses);
            }
        }
    }

    private void awaitUse(long usesNow) {
        waiting = true;
        AFTER_A_MINUTE.execute(() -> closeUnlessUsed(usesNow));
    }

    private void closeUnlessUsed(long usesBefore) {
        synchronized (OPEN) {
            waiting = false;
            if (users > 0) {
                return; // the last of them waits again
            }
            if (uses > usesBefore) {
                awaitUse(uses);
                return;
            }
            OPEN.remove(spec);
        }
        if (clip != null) {
            clip.close();
        }
    }
}
