package io.github.clip4j.cli.train;

import io.github.clip4j.Clip;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.Trace;
import io.github.clip4j.train.Batch;
import io.github.clip4j.train.LinearProbe;
import io.github.clip4j.train.data.BatchLoader;
import io.github.clip4j.train.data.Batches;
import io.github.clip4j.train.data.CaptionTokenizer;
import io.github.clip4j.train.data.CaptionedImage;
import io.github.clip4j.train.data.CaptionedImages;
import io.github.clip4j.train.data.ImageCache;
import io.github.clip4j.train.data.Sampling;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "probe",
        description = "Fit a linear classifier on the embeddings of a model, which stays as it is, and "
                + "tell how well it does.",
        footerHeading = "%nExample:%n",
        footer = "  clip probe --model rsicd-small --data rsicd --train train.jsonl --valid valid.jsonl --output p.safetensors")
public final class ProbeCommand implements Callable<Integer> {
    private static final int BATCH = 32;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Option(names = "--data", paramLabel = "DIR", required = true,
            description = "Folder that the file names of images are relative to.")
    private Path data;

    @Option(names = "--train", paramLabel = "FILE", required = true,
            description = "Images to fit on, as of clip train; an image's class is its file's name up to the first "
                    + "underscore.")
    private Path train;

    @Option(names = "--valid", paramLabel = "FILE", required = true, description = "Images to test on, likewise.")
    private Path valid;

    @Option(names = "--output", paramLabel = "FILE", required = true,
            description = "X.safetensors with \"weight\" [classes, dimension], \"bias\" [classes] and, as metadata, the "
                    + "names of the classes; logits are weight · embedding · sqrt(dimension) + bias.")
    private Path output;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "300",
            description = "Steps of AdamW over all images (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--learning-rate", paramLabel = "X", defaultValue = "0.01",
            description = "The largest one, at the beginning (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--weight-decay", paramLabel = "X", defaultValue = "0.1",
            description = "Pull of the weights towards zero (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    /** Embeddings [labels.length, dimension] and the class of each. */
    private record Examples(float[] embeddings, int[] labels) {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        OutputFile.check(output);
        try (Clip clip = model.open();
                Kernels kernels = Kernels.create(model.check().threads())) {
            CaptionTokenizer tokenizer = new CaptionTokenizer(clip.tokenizer(),
                    clip.model().config().text().contextLength(), true);
            CaptionedImages training = CaptionedImages.read(train, data, tokenizer);
            CaptionedImages validation = CaptionedImages.read(valid, data, tokenizer);
            List<String> classes = training.images().stream().map(CaptionedImage::label).distinct().sorted().toList();
            for (CaptionedImage image : validation.images()) {
                if (!classes.contains(image.label())) {
                    throw new DataException("%s: %s is of class %s, of which %s has none".formatted(valid, image.file(),
                            image.label(), train));
                }
            }
            Examples seen = examples(clip, training, classes);
            LinearProbe probe = fit(seen, classes.size(), kernels);
            Examples unseen = examples(clip, validation, classes);
            SafetensorsWriter.write(output, probe.tensors(), Map.of("classes", Json.array(classes)));
            out.printf(Locale.ROOT, "accuracy %.2f %% of %d training images, %.2f %% of %d validation images%n",
                    100 * probe.accuracy(seen.embeddings, seen.labels, kernels), seen.labels.length,
                    100 * probe.accuracy(unseen.embeddings, unseen.labels, kernels), unseen.labels.length);
        }
        return 0;
    }

    private LinearProbe fit(Examples examples, int classes, Kernels kernels) {
        try {
            return LinearProbe.fit(examples.embeddings, examples.labels, classes,
                    new LinearProbe.Settings(steps, learningRate, weightDecay), kernels);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Examples examples(Clip clip, CaptionedImages images, List<String> classes) {
        int n = images.images().size();
        int width = clip.dimension();
        float[] embeddings = new float[Math.multiplyExact(n, width)];
        Batches batches = new Batches(images, Sampling.inOrder(BATCH, false), clip.preprocessor(),
                new ImageCache(new ImageDecoder(), 0), model.check().threads());
        Progress progress = Progress.on(n);
        try (BatchLoader loader = batches.load(0, 0)) {
            for (int done = 0; loader.hasNext();) {
                Batch batch = loader.next();
                float[] features = clip.model().imageFeatures(batch.pixels(), batch.size(), Trace.NONE);
                System.arraycopy(clip.model().normalize(features), 0, embeddings, done * width, features.length);
                done += batch.size();
                progress.advance(batch.size());
            }
        }
        progress.clear();
        return new Examples(embeddings,
                images.images().stream().map(CaptionedImage::label).mapToInt(classes::indexOf).toArray());
    }
}
