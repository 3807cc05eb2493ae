package io.github.clip4j.cli.train;

import io.github.clip4j.cli.metrics.Measurement;
import io.github.clip4j.cli.metrics.MetricsLog;
import io.github.clip4j.cli.metrics.RunChart;
import io.github.clip4j.cli.metrics.TensorBoardWriter;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.train.Score;
import io.github.clip4j.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;

/** Tells how training goes: on the terminal, and in files of the run's folder that later steps go on with. */
final class RunReport implements TrainingListener, AutoCloseable {
    private final Path folder;
    private final int batch;
    private final int perEpoch;
    private final int epochs;
    private final PrintWriter out;
    private final Progress progress;
    private final MetricsLog log;
    private final TensorBoardWriter events;
    private long lastNanos = System.nanoTime();
    private double epochLoss;
    private int epochSteps;

    /**
     * @param step after which training goes on
     * @param perEpoch steps in an epoch
     */
    RunReport(Path folder, long step, int batch, int perEpoch, int epochs, PrintWriter out) {
        this.folder = folder;
        this.batch = batch;
        this.perEpoch = perEpoch;
        this.epochs = epochs;
        this.out = out;
        this.progress = Progress.on(step * batch, (long) perEpoch * epochs * batch);
        this.log = new MetricsLog(log(), step == 0 ? -1 : step); // of a run that begins anew nothing is kept
        this.events = new TensorBoardWriter(folder.resolve("events"), step + 1, InstantSource.system());
    }

    private Path log() {
        return folder.resolve("metrics.jsonl");
    }

    /** The picture of loss and accuracy. */
    Path chart() {
        return folder.resolve("chart.svg");
    }

    @Override
    public void stepped(Step step) {
        long now = System.nanoTime();
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        values.put("epoch", (double) Math.ceilDiv(step.number(), perEpoch));
        values.put("loss", step.loss().loss());
        values.put("image_accuracy", step.loss().imageAccuracy());
        values.put("text_accuracy", step.loss().textAccuracy());
        values.put("learning_rate", step.learningRate());
        values.put("gradient_norm", step.gradientNorm());
        values.put("pairs_per_second", 1e9 * batch / (now - lastNanos));
        lastNanos = now;
        write(new Measurement(step.number(), values));
        epochLoss += step.loss().loss();
        epochSteps++;
        progress.advance(batch, String.format(Locale.ROOT, "  loss %.4f, learning rate %.2e", step.loss().loss(),
                step.learningRate()));
    }

    @Override
    public void validated(long step, Score score) {
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        values.put("epoch", (double) (step / perEpoch));
        values.put("validation_loss", score.loss());
        values.put("validation_image_accuracy", score.imageAccuracy());
        values.put("validation_text_accuracy", score.textAccuracy());
        if (!Double.isNaN(score.zeroShotTop1())) {
            values.put("zero_shot_top1", score.zeroShotTop1());
        }
        write(new Measurement(step, values));
        progress.clear();
        String top1 = Double.isNaN(score.zeroShotTop1())
                ? ""
                : String.format(Locale.ROOT, ", zero-shot top-1 %.2f %%", 100 * score.zeroShotTop1());
        String when = step == 0
                ? "before training:"
                : String.format(Locale.ROOT, "epoch %d of %d: loss %.4f,", step / perEpoch, epochs,
                        epochLoss / epochSteps);
        out.printf(Locale.ROOT, "%s validation loss %.4f%s%n", when, score.loss(), top1);
        epochLoss = 0;
        epochSteps = 0;
    }

    @Override
    public void saved(Path checkpoint) {
        try (OutputFile file = new OutputFile(chart())) {
            String svg = RunChart.svg(MetricsLog.read(log()));
            file.append(ByteBuffer.wrap(svg.getBytes(StandardCharsets.UTF_8)));
            file.commit();
        }
        lastNanos = System.nanoTime(); // validating and saving is not a step's time
    }

    private void write(Measurement measurement) {
        log.add(measurement);
        events.add(measurement);
    }

    @Override
    public void close() {
        progress.clear();
        try (log; events) {
            // both, whatever becomes of the other
        }
    }
}
