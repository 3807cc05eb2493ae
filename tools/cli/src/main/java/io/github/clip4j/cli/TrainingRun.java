package io.github.clip4j.cli;

import io.github.clip4j.ModelFolder;
import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.tokenizer.Variant;
import io.github.clip4j.train.Adafactor;
import io.github.clip4j.train.AdamW;
import io.github.clip4j.train.CheckpointSeries;
import io.github.clip4j.train.Learner;
import io.github.clip4j.train.ModelParameters;
import io.github.clip4j.train.Optimizer;
import io.github.clip4j.train.Schedule;
import io.github.clip4j.train.Trainer;
import io.github.clip4j.train.TrainingState;
import io.github.clip4j.train.Validation;
import io.github.clip4j.train.WeightAverage;
import io.github.clip4j.train.data.Batches;
import io.github.clip4j.train.data.CaptionTokenizer;
import io.github.clip4j.train.data.CaptionedImages;
import io.github.clip4j.train.data.ClassPrompts;
import io.github.clip4j.train.data.ImageCache;
import io.github.clip4j.train.data.Sampling;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Makes what a run needs out of its options and its folder, and runs it. */
final class TrainingRun {
    private final TrainOptions options;
    private final PrintWriter out;
    private final PrintWriter err;
    private final CheckpointSeries series;
    private final Optional<Path> last;
    private final ClipConfig config;
    private final Preprocessing preprocessing;
    /** Where the tokenizer's files are. */
    private final Path tokenizer;

    TrainingRun(TrainOptions options, PrintWriter out, PrintWriter err) {
        this.options = options;
        this.out = out;
        this.err = err;
        this.series = new CheckpointSeries(options.output);
        this.last = series.last();
        Path file = options.config;
        if (last.isPresent() || options.model != null) {
            file = last.orElse(options.model).resolve("config.json");
        }
        this.config = ClipConfig.read(file);
        this.preprocessing = ModelFolder.preprocessing(file.toAbsolutePath().getParent(), config);
        this.tokenizer = tokenizer(last.orElse(options.model != null ? options.model : options.tokenizer));
    }

    /** The folder itself if it has a tokenizer, else one in the run's folder that gets CLIP's. */
    private Path tokenizer(Path source) {
        if (source != null && ClipTokenizer.isIn(source)) {
            return source;
        }
        Path own = options.output.resolve("tokenizer");
        try {
            Files.createDirectories(own);
            ClipTokenizer.writeClip(own, config.text().vocabularySize());
            return own;
        } catch (IllegalArgumentException e) {
            throw new DataException((source == null ? options.config : source) + ": " + e.getMessage()
                    + " of CLIP's vocabulary; add the model's tokenizer", e);
        } catch (IOException e) {
            throw new DataException(own + ": cannot be written: " + e, e);
        }
    }

    /** Trains, and gives the exit code. */
    int call() {
        try (Kernels kernels = Kernels.create(options.threads())) {
            Data data = data(kernels);
            long steps = (long) options.epochs * data.training.perEpoch();
            Trainer.Plan plan = new Trainer.Plan(data.training, data.validation, schedule(steps), options.epochs,
                    options.microBatch);
            ModelParameters parameters = parameters();
            Optimizer optimizer = switch (options.optimizer) {
                case ADAMW -> new AdamW(parameters.trained(), options.adamW(), kernels);
                case ADAFACTOR -> new Adafactor(parameters.trained(), kernels);
            };
            WeightAverage average = options.ema == null
                    ? null
                    : new WeightAverage(parameters.trained(), options.ema, kernels);
            Learner learner = new Learner(config, parameters, options.loss(), optimizer, average, kernels);
            TrainingState state = last.map(learner::restore).orElse(TrainingState.start(options.seed));
            Trainer.Checkpoints checkpoints = new Trainer.Checkpoints(series,
                    new CheckpointFolder(config, preprocessing, tokenizer), options.keep);
            try (TrainingReport report = new TrainingReport(options.output, state.steps(), options.batch,
                    data.training.perEpoch(), options.epochs, out, err)) {
                boolean done = new Trainer(learner, plan, checkpoints, state, report).run(deadline());
                tell(done, report.chart());
            }
        }
        return 0;
    }

    private record Data(Batches training, Validation validation) {}

    private Data data(Kernels kernels) {
        CaptionTokenizer captions = new CaptionTokenizer(
                ModelFolder.tokenizer(tokenizer, config, Variant.TRANSFORMERS), config.text().contextLength(),
                options.truncate);
        CaptionedImages train = CaptionedImages.read(options.train, options.data, captions);
        CaptionedImages valid = CaptionedImages.read(options.valid, options.data, captions);
        ClassPrompts mixed = ClassPrompts.NONE;
        Map<String, List<int[]>> classes = Map.of();
        if (options.classes != null) {
            Map<String, String> names = ClassPrompts.readNames(options.classes);
            mixed = ClassPrompts.of(options.classPrompts, train, names, options.templates, captions);
            classes = ClassPrompts.of(0, valid, names, options.templates, captions).prompts();
        }
        ImagePreprocessor preprocessor = new ImagePreprocessor(preprocessing);
        ImageCache images = new ImageCache();
        Sampling sampling = new Sampling(options.batch, true, options.allCaptions, mixed, options.augmentation(),
                options.seed);
        Batches training = new Batches(train, sampling, preprocessor, images, options.loaderThreads);
        Batches validation = new Batches(valid, Sampling.inOrder(options.batch, false), preprocessor, images,
                options.loaderThreads);
        return new Data(training,
                new Validation(valid, validation, classes, options.loss(), options.microBatch, kernels));
    }

    private Schedule schedule(long steps) {
        try {
            return new Schedule(options.schedule, options.learningRate, options.warmupSteps, steps);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private ModelParameters parameters() {
        Predicate<String> trained = _ -> true;
        if (last.isEmpty() && options.model == null) {
            return ModelParameters.initial(config, options.seed, trained);
        }
        try (Checkpoint checkpoint = Checkpoint.open(last.orElse(options.model))) {
            return new ModelParameters(config, checkpoint, trained);
        }
    }

    private BooleanSupplier deadline() {
        if (options.maxMinutes == null) {
            return () -> false;
        }
        long end = System.nanoTime() + (long) (options.maxMinutes * TimeUnit.MINUTES.toNanos(1));
        return () -> System.nanoTime() - end > 0;
    }

    private void tell(boolean done, Path chart) {
        series.last().ifPresent(folder -> out.println("last checkpoint: " + folder));
        series.best().ifPresent(folder -> out.println("best checkpoint: " + folder));
        out.println("chart:           " + chart);
        if (!done) {
            out.println("stopped after --max-minutes; go on with: clip train --resume --output " + options.output);
        }
    }
}
