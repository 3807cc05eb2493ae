package io.github.clip4j.cli.train;

import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.cli.shared.TokenizerFiles;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.tokenizer.Variant;
import io.github.clip4j.train.Adafactor;
import io.github.clip4j.train.AdamW;
import io.github.clip4j.train.CheckpointSeries;
import io.github.clip4j.train.Learner;
import io.github.clip4j.train.ModelParameters;
import io.github.clip4j.train.Muon;
import io.github.clip4j.train.Optimizer;
import io.github.clip4j.train.Parameter;
import io.github.clip4j.train.PatchDropout;
import io.github.clip4j.train.Schedule;
import io.github.clip4j.train.TrainedWeights;
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
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Makes what a run needs out of its options and its folder, and runs it. */
final class TrainingRun {
    private final TrainOptions options;
    private final PrintWriter out;
    private final CheckpointSeries series;
    /** The checkpoint to go on from. */
    private final Optional<Path> last;
    /** The model to start from; null for a new one. */
    private final Path start;
    private final ClipConfig config;
    /** The folder of a tokenizer, if it has one; null for none. */
    private final Path tokenizer;
    private final Preprocessing preprocessing;

    TrainingRun(TrainOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
        this.series = new CheckpointSeries(options.output);
        this.last = series.last();
        this.start = last.orElseGet(() -> options.model == null ? null : options.model.locate());
        if (start == null) {
            this.config = ClipConfig.read(options.config);
            this.tokenizer = options.tokenizer;
            this.preprocessing = PublishedModel.preprocessing(options.config.toAbsolutePath().getParent(), config);
        } else {
            try (PublishedModel model = options.activation.open(start)) {
                this.config = model.config();
                this.tokenizer = model.folder();
                this.preprocessing = model.preprocessing();
            }
        }
    }

    /**
     * Trains, and gives the exit code.
     *
     * @param ready called when all that was named has been read and found good, before anything is written
     */
    int call(Runnable ready) {
        try (TokenizerFiles tokenizer = TokenizerFiles.of(this.tokenizer, config.text().vocabularySize());
                Kernels kernels = Kernels.create(options.threads())) {
            Data data = data(tokenizer.source(), kernels);
            Trainer.Plan plan = new Trainer.Plan(data.training, data.validation,
                    schedule((long) options.epochs * data.training.perEpoch()), options.epochs, options.microBatch);
            Learner learner = learner(kernels);
            TrainingState state = last.map(learner::restore).orElse(TrainingState.start(options.seed));
            Trainer.Checkpoints checkpoints = new Trainer.Checkpoints(series,
                    new CheckpointFolder(config, preprocessing, tokenizer.copy()), options.keep);
            ready.run();
            try (RunReport report = new RunReport(options.output, state.steps(), options.batch,
                    data.training.perEpoch(), options.epochs, out)) {
                boolean done = new Trainer(learner, plan, checkpoints, state, report).run(deadline());
                tell(done, report.chart());
            }
        }
        return 0;
    }

    private Learner learner(Kernels kernels) {
        ModelParameters parameters = parameters();
        List<Parameter> trained = parameters.trained();
        Optimizer optimizer = switch (options.optimizer) {
            case ADAMW -> new AdamW(trained, options.adamW(), kernels);
            case ADAFACTOR -> new Adafactor(trained, kernels);
            case MUON -> new Muon(trained, options.adamW(), options.muonRateFactor(), kernels);
        };
        WeightAverage average = options.ema == null ? null : new WeightAverage(trained, options.ema, kernels);
        PatchDropout patches = new PatchDropout(options.patchDropout, options.seed);
        return new Learner(config, parameters, options.loss(), optimizer, patches, average, kernels);
    }

    private ModelParameters parameters() {
        Predicate<String> trained = usage(() -> TrainedWeights.parse(options.trainOnly, config));
        if (start == null) {
            return switch (options.initialization) {
                case OPENAI -> ModelParameters.initial(config, options.seed, trained);
                case MIMETIC -> usage(() -> ModelParameters.mimetic(config, options.seed, trained));
            };
        }
        try (PublishedModel model = options.activation.open(start)) {
            return new ModelParameters(config, model.weights(), trained);
        }
    }

    private Schedule schedule(long steps) {
        return usage(() -> new Schedule(options.schedule, options.learningRate, options.warmupSteps, steps));
    }

    /** What an option makes, which is at fault where that is refused. */
    private static <T> T usage(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private record Data(Batches training, Validation validation) {}

    private Data data(Path tokenizer, Kernels kernels) {
        CaptionTokenizer captions = new CaptionTokenizer(
                PublishedModel.tokenizer(tokenizer, config, Variant.TRANSFORMERS), config.text().contextLength(),
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
        Sampling sampling = new Sampling(options.batch, true, options.allCaptions, mixed, options.wordDropout,
                options.augmentation(), options.seed);
        Batches training = new Batches(train, sampling, preprocessor, images, options.loaderThreads);
        Batches validation = new Batches(valid, Sampling.inOrder(options.batch, false), preprocessor, images,
                options.loaderThreads);
        return new Data(training,
                new Validation(valid, validation, classes, options.loss(), options.microBatch, kernels));
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
