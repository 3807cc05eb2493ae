package io.github.clip4j.cli.train;

import io.github.clip4j.cli.shared.ActivationOption;
import io.github.clip4j.cli.shared.ModelArgument;
import io.github.clip4j.cli.shared.ThreadsOption;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.train.AdamW;
import io.github.clip4j.train.ContrastiveLoss;
import io.github.clip4j.train.Schedule;
import io.github.clip4j.train.data.Augmentation;
import io.github.clip4j.train.data.ClassPrompts;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a training run can be told, on the command line or in a settings file. */
final class TrainOptions {
    enum InitializationName {
        OPENAI, MIMETIC
    }

    enum OptimizerName {
        ADAMW, ADAFACTOR, MUON
    }

    @Option(names = "--data", paramLabel = "DIR", description = "Folder that the file names of images are relative to.")
    Path data;

    @Option(names = "--train", paramLabel = "FILE",
            description = "Pairs to train on, a JSON object a line: {\"filename\": \"...\", \"captions\": [\"...\"]}.")
    Path train;

    @Option(names = "--valid", paramLabel = "FILE", description = "Pairs to validate on after each epoch, likewise.")
    Path valid;

    @Option(names = "--model", paramLabel = "MODEL", converter = ModelArgument.Converter.class,
            description = "Model to start from, a folder or a name.")
    ModelArgument model;

    @Mixin
    ActivationOption activation;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Or the config.json of a new model, to start from random weights.")
    Path config;

    @Option(names = "--initialization", paramLabel = "NAME", defaultValue = "openai",
            description = "Random weights of a new model: openai, as CLIP has them, or mimetic, which begins with positions "
                    + "and attention as trained vision towers have them, for few images (default: ${DEFAULT-VALUE}).")
    InitializationName initialization;

    @Option(names = "--tokenizer", paramLabel = "DIR",
            description = "Tokenizer of the new model (default: CLIP's, with as many tokens as the config says).")
    Path tokenizer;

    @Option(names = "--output", paramLabel = "DIR", description = "Folder of the run: checkpoints, metrics, chart.")
    Path output;

    @Option(names = "--epochs", paramLabel = "N", description = "Times to go through the pairs.")
    int epochs;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "256",
            description = "Pairs that are told apart in a step (default: ${DEFAULT-VALUE}).")
    int batch;

    @Option(names = "--micro-batch", paramLabel = "N", defaultValue = "32",
            description = "Pairs in memory at a time; a matter of memory, not of the result (default: ${DEFAULT-VALUE}).")
    int microBatch;

    @Option(names = "--optimizer", paramLabel = "NAME", defaultValue = "adamw",
            description = "adamw, adafactor or muon (default: ${DEFAULT-VALUE}).")
    OptimizerName optimizer;

    @Option(names = "--learning-rate", paramLabel = "X", description = "The largest one, after the warm-up.")
    double learningRate;

    @Option(names = "--muon-learning-rate", paramLabel = "X",
            description = "The largest one of the matrices that Muon itself trains (default: --learning-rate, which is that of "
                    + "all else).")
    Double muonLearningRate;

    @Option(names = "--warmup-steps", paramLabel = "N", defaultValue = "0",
            description = "Steps over which it rises to that (default: ${DEFAULT-VALUE}).")
    long warmupSteps;

    @Option(names = "--schedule", paramLabel = "NAME", defaultValue = "linear",
            description = "How it falls afterwards: linear, cosine or constant (default: ${DEFAULT-VALUE}).")
    Schedule.Decay schedule;

    @Option(names = "--weight-decay", paramLabel = "X", defaultValue = "0.1",
            description = "Of AdamW and Muon, on tensors of two or more dimensions (default: ${DEFAULT-VALUE}).")
    double weightDecay;

    @Option(names = "--max-gradient-norm", paramLabel = "X", defaultValue = "1",
            description = "Of AdamW and Muon: larger gradients are scaled down to it (default: ${DEFAULT-VALUE}).")
    double maxGradientNorm;

    @Option(names = "--max-logit-scale", paramLabel = "X", defaultValue = "100",
            description = "Largest factor of a cosine that the model may learn (default: ${DEFAULT-VALUE}).")
    double maxLogitScale;

    @Option(names = "--class-prompts-match",
            description = "A class prompt belongs to all images of its class in a batch, and they to it, not to one of them.")
    boolean promptsMatch;

    @Option(names = "--class-prompts-share", paramLabel = "SHARE",
            description = "What the class prompts that match an image with a caption count for together, more than 0 and "
                    + "less than 1; its caption has the rest (default: each prompt counts as much as the caption).")
    Double promptsShare;

    @Option(names = "--train-only", paramLabel = "WHAT", defaultValue = "all",
            description = "Weights that train, the others stay as they are: all, vision, text, vision.layers>=N, "
                    + "text.layers>=N, projections, logit_scale, or several of them with commas between (default: "
                    + "${DEFAULT-VALUE}).")
    String trainOnly;

    @Option(names = "--ema", paramLabel = "D",
            description = "Save the moving average of the weights that keeps D of itself in a step, as 0.999.")
    Double ema;

    @Option(names = "--all-captions",
            description = "An epoch has each image with each of its captions; otherwise with one, drawn anew.")
    boolean allCaptions;

    @Option(names = "--truncate", description = "Cut off captions that are longer than the model's context.")
    boolean truncate;

    @Option(names = "--word-dropout", paramLabel = "SHARE", defaultValue = "0",
            description = "Share of a caption's tokens that is left out in a step, 0 to less than 1 (default: "
                    + "${DEFAULT-VALUE}).")
    double wordDropout;

    @Option(names = "--augment", paramLabel = "LIST", defaultValue = "none",
            description = "How images are varied, as crop=0.55,hflip,vflip,turns,brightness=0.2,contrast=0.2,"
                    + "saturation=0.2: crops of at least that share of the area, flips, quarter turns, and factors "
                    + "around 1 (default: ${DEFAULT-VALUE}).")
    String augment;

    @Option(names = "--patch-dropout", paramLabel = "SHARE", defaultValue = "0",
            description = "Share of the patches of each image that is left out in a step, 0 to less than 1 (default: "
                    + "${DEFAULT-VALUE}).")
    double patchDropout;

    @Option(names = "--classes", paramLabel = "FILE",
            description = "JSON object from class to readable name, for zero-shot accuracy and class prompts; the class "
                    + "of an image is its file's name up to the first underscore.")
    Path classes;

    @Option(names = "--class-prompts", paramLabel = "SHARE", defaultValue = "0",
            description = "Share of captions replaced by a prompt with the class, 0 to 1 (default: ${DEFAULT-VALUE}).")
    double classPrompts;

    @Option(names = "--template", paramLabel = "TEXT",
            description = "Prompt with {} for the class; may be given several times (default: four ways to say \"an "
                    + "aerial photograph of {}\").")
    List<String> templates = ClassPrompts.AERIAL_TEMPLATES;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "All that is random follows from it (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--keep", paramLabel = "N", defaultValue = "2",
            description = "Checkpoints kept, the newest; the best one is kept besides (default: ${DEFAULT-VALUE}).")
    int keep;

    @Option(names = "--max-minutes", paramLabel = "X",
            description = "Save and stop after so long, to be resumed.")
    Double maxMinutes;

    @Option(names = "--loader-threads", paramLabel = "N", defaultValue = "1",
            description = "Threads that decode images beside those that compute (default: ${DEFAULT-VALUE}).")
    int loaderThreads;

    @Mixin
    private ThreadsOption threads;

    int threads() {
        return threads.count();
    }

    /** @throws UsageException naming the option that is missing or out of bounds */
    void check() {
        require(data != null, "--data", "the folder of the images");
        require(train != null, "--train", "the pairs to train on");
        require(valid != null, "--valid", "the pairs to validate on");
        require(output != null, "--output", "a folder for the run");
        require((model == null) != (config == null), "--model or --config", "one of both: what to start from");
        require(tokenizer == null || config != null, "--config", "a new model, to go with --tokenizer");
        require(tokenizer == null || ClipTokenizer.isIn(tokenizer), "--tokenizer", "a folder with tokenizer.json");
        require(epochs >= 1, "--epochs", "1 or more");
        require(batch >= 2, "--batch", "2 or more");
        require(microBatch >= 1, "--micro-batch", "1 or more");
        require(learningRate > 0 && Double.isFinite(learningRate), "--learning-rate", "more than 0");
        require(muonLearningRate == null || optimizer == OptimizerName.MUON, "--optimizer",
                "muon, for --muon-learning-rate");
        require(muonLearningRate == null || muonLearningRate > 0 && Double.isFinite(muonLearningRate),
                "--muon-learning-rate", "more than 0");
        require(initialization == InitializationName.OPENAI || config != null, "--config",
                "a new model, to go with --initialization");
        require(warmupSteps >= 0, "--warmup-steps", "0 or more");
        require(ema == null || ema > 0 && ema < 1, "--ema", "more than 0 and less than 1");
        require(patchDropout >= 0 && patchDropout < 1, "--patch-dropout", "0 or more and less than 1");
        require(wordDropout >= 0 && wordDropout < 1, "--word-dropout", "0 or more and less than 1");
        require(promptsShare == null || promptsShare > 0 && promptsShare < 1, "--class-prompts-share",
                "more than 0 and less than 1");
        require(promptsShare == null || promptsMatch, "--class-prompts-match", "given, for --class-prompts-share");
        require(classPrompts >= 0 && classPrompts <= 1, "--class-prompts", "0 to 1");
        require(classPrompts == 0 || classes != null, "--classes", "the names of the classes, for --class-prompts");
        require(keep >= 1, "--keep", "1 or more");
        require(maxMinutes == null || maxMinutes > 0, "--max-minutes", "more than 0");
        require(loaderThreads >= 1 && loaderThreads <= 1024, "--loader-threads", "1 to 1024");
        adamW();
        loss();
        augmentation();
        threads();
    }

    private static void require(boolean condition, String option, String expected) {
        if (!condition) {
            throw new UsageException(option + ": expected " + expected);
        }
    }

    AdamW.Settings adamW() {
        AdamW.Settings missing = AdamW.Settings.DEFAULT;
        try {
            return new AdamW.Settings(missing.beta1(), missing.beta2(), missing.epsilon(), weightDecay,
                    missing.decayEmbeddings(), maxGradientNorm);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** What the learning rate of Muon's matrices is a multiple of, by. */
    double muonRateFactor() {
        return muonLearningRate == null ? 1 : muonLearningRate / learningRate;
    }

    ContrastiveLoss loss() {
        require(maxLogitScale >= 1 && maxLogitScale <= 1e6, "--max-logit-scale", "1 to 1000000");
        return new ContrastiveLoss(Math.log(maxLogitScale), promptsMatch, promptsShare);
    }

    /** The list of --augment as a record. */
    Augmentation augmentation() {
        Map<String, Double> values = new HashMap<>();
        for (String item : augment.equals("none") ? List.<String>of() : List.of(augment.split(",", -1))) {
            String[] parts = item.strip().split("=", 2);
            boolean known = parts.length == 1
                    ? Set.of("hflip", "vflip", "turns").contains(parts[0])
                    : Set.of("crop", "brightness", "contrast", "saturation").contains(parts[0]);
            if (!known) {
                throw new UsageException("--augment: \"" + item
                        + "\" is none of crop=X, hflip, vflip, turns, brightness=X, contrast=X, saturation=X");
            }
            values.put(parts[0], parts.length == 1 ? 1 : number(parts[1], item));
        }
        try {
            Augmentation.RandomCrop crop = values.containsKey("crop")
                    ? new Augmentation.RandomCrop(values.get("crop"), 1, 3.0 / 4, 4.0 / 3) // torchvision's aspect ratios
                    : null;
            return new Augmentation(crop, values.containsKey("hflip"), values.containsKey("vflip"),
                    values.containsKey("turns"), values.getOrDefault("brightness", 0.0),
                    values.getOrDefault("contrast", 0.0), values.getOrDefault("saturation", 0.0));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--augment: " + e.getMessage());
        }
    }

    private static double number(String text, String item) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException _) {
            throw new UsageException("--augment: expected a number in \"" + item + "\"");
        }
    }
}
