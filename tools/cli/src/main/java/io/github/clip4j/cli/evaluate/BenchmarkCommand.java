package io.github.clip4j.cli.evaluate;

import io.github.clip4j.Clip;
import io.github.clip4j.ClipOptions;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.cli.shared.ActivationOption;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.ModelArgument;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.shared.TextFile;
import io.github.clip4j.cli.shared.ThreadsOption;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.kernels.FmaPeak;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.tokenizer.Variant;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "benchmark",
        description = "Measure what this machine gets in about a minute: images and texts a second, and which share of "
                + "its peak that is. Each figure is the best of five after a warm-up.",
        footerHeading = "%nExample:%n", footer = "  clip benchmark    (needs no model: a full-size one is made up)")
public final class BenchmarkCommand implements Callable<Integer> {
    private static final List<String> CAPTIONS = List.of("a photo of a cat", "a diagram",
            "two dogs playing in the snow",
            "an aerial photograph of a stadium beside a parking lot", "a red bus drives through a narrow street",
            "many green trees and several buildings stand around a pond",
            "a woman in a blue coat is reading a newspaper at the station",
            "a bowl of soup with bread on a wooden table");

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "MODEL", converter = ModelArgument.Converter.class,
            description = "Model, a folder or a name (default: a full-size ViT-B/32 with weights from a formula, in memory).")
    private ModelArgument model;

    @Mixin
    private ActivationOption activation;

    @Mixin
    private ThreadsOption threads;

    @Option(names = "--texts", paramLabel = "FILE",
            description = "File with a text a line, all of them embedded in each repeat (default: some captions). "
                    + "Texts longer than the model's context are cut off.")
    private Path texts;

    @Option(names = "--json", description = "Print one object.")
    private boolean json;

    private final Duration period;

    public BenchmarkCommand() {
        this(Duration.ofSeconds(1));
    }

    /** @param period the shortest time of a repeat */
    public BenchmarkCommand(Duration period) {
        this.period = period;
    }

    @Override
    public Integer call() {
        int count = threads.count();
        List<String> items = texts == null ? CAPTIONS : TextFile.items(texts);
        if (items.isEmpty()) {
            throw new DataException(texts + ": no texts in this file");
        }
        try (FmaPeak peak = peak(count)) {
            if (model == null) {
                measureFormula(count, items, peak);
            } else {
                measureFolder(count, items, peak);
            }
        }
        return 0;
    }

    private static FmaPeak peak(int count) {
        try {
            return new FmaPeak(count);
        } catch (UnsupportedOperationException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private void measureFormula(int count, List<String> items, FmaPeak peak) {
        try (Kernels kernels = Kernels.create(count); SyntheticCheckpoint weights = new SyntheticCheckpoint()) {
            ClipModel model = new ClipModel(ClipConfig.VIT_B_32, weights, kernels);
            measure(model, kernels.description(), ClipTokenizer.clip(Variant.TRANSFORMERS), items, peak);
        }
    }

    private void measureFolder(int count, List<String> items, FmaPeak peak) {
        ClipOptions options = activation.addTo(ClipOptions.DEFAULT.withThreads(count));
        try (Clip clip = Clip.open(model.locate(), options)) {
            measure(clip.model(), clip.kernels(), clip.tokenizer(), items, peak);
        }
    }

    private void measure(ClipModel model, String kernels, ClipTokenizer tokenizer, List<String> items, FmaPeak peak) {
        Progress progress = Progress.on(Throughput.STEPS);
        Throughput figures;
        try {
            figures = Throughput.measure(model, tokenizer, items, peak, period, () -> progress.advance(1));
        } finally {
            progress.clear();
        }
        print(kernels, figures);
    }

    private void print(String kernels, Throughput figures) {
        if (json) {
            spec.commandLine().getOut().println(Json.object(object -> {
                object.writeStringField("kernels", kernels);
                object.writeStringField("collector", collector());
                object.writeNumberField("threads", threads.count());
                object.writeNumberField("peak_gflops", figures.peakGflops());
                object.writeNumberField("images_per_s_batch1", figures.imagesBatch1());
                object.writeNumberField("images_per_s_batch32", figures.imagesBatch32());
                object.writeNumberField("texts_per_s", figures.texts());
                object.writeNumberField("share_of_peak_batch32", figures.shareOfPeak());
            }));
        } else {
            Table.aligned(List.of(List.of("kernels", kernels), List.of("collector", collector()),
                    row("FMA peak", figures.peakGflops(), "GFLOP/s"),
                    row("images, one at a time", figures.imagesBatch1(), "images/s"),
                    row("images, 32 at a time", figures.imagesBatch32(), "images/s"),
                    row("texts", figures.texts(), "texts/s"),
                    row("share of peak, 32 images", 100 * figures.shareOfPeak(), "%")))
                    .forEach(spec.commandLine().getOut()::println);
        }
    }

    /** The collector by the name that its option has, or as the JVM calls it. */
    private static String collector() {
        String bean = ManagementFactory.getGarbageCollectorMXBeans().getFirst().getName();
        return switch (bean) {
            case "Copy" -> "Serial";
            case "PS Scavenge" -> "Parallel";
            default -> bean.split(" ")[0];
        };
    }

    private static List<String> row(String name, double value, String unit) {
        return List.of(name, String.format(Locale.ROOT, "%8.1f %s", value, unit));
    }
}
