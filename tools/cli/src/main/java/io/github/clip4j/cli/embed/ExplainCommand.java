package io.github.clip4j.cli.embed;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.ImageInput;
import io.github.clip4j.cli.shared.InputFiles;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.OrientationOption;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.find.Findings;
import io.github.clip4j.find.HeatMap;
import io.github.clip4j.find.Match;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.train.Explainer;
import io.github.clip4j.train.Explanation;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "explain",
        description = "Tell why an image and a text fit each other: which places of the image and which words of the text.",
        footerHeading = "%nExample:%n", footer = "  clip explain beach.jpg \"waves on a beach\" --output heat.png")
public final class ExplainCommand implements Callable<Integer> {
    private static final int PLACES = 3;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private final OrientationOption orientation = new OrientationOption(false);

    @Parameters(index = "0", paramLabel = "IMAGE",
            description = "Image file, its http(s) address, or - for standard input.")
    private String image;

    @Parameters(index = "1", paramLabel = "TEXT", description = "What it is said to show.")
    private String text;

    enum Method {
        PARTS, ATTENTION
    }

    @Option(names = "--method", paramLabel = "NAME", defaultValue = "parts",
            description = "How reasons are found: parts, by what the model makes of a part of the image alone, and of the text "
                    + "without a word, or attention, by gradient-weighted attention (default: ${DEFAULT-VALUE}).")
    private Method method;

    @Option(names = "--output", paramLabel = "PNG", description = "Draw a heat map over the image.")
    private Path output;

    @Option(names = "--json", description = "Print an object, with the scores of all places by both methods.")
    private boolean json;

    @Override
    public Integer call() {
        if (text.isBlank()) {
            throw new UsageException("the text is empty");
        }
        if (output != null) {
            InputFiles.requireDistinct(List.of(image), List.of(output));
            OutputFile.check(output);
        }
        RgbImage pixels = new ImageInput(orientation.decoder()).read(image);
        try (Explainer explainer = model.explainer()) {
            Explanation explanation = explainer.explain(pixels, text);
            Findings findings = findings(pixels, explanation);
            List<Match> best = findings.top(PLACES);
            if (output != null) {
                draw(findings, best);
            }
            print(explanation, best);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        return 0;
    }

    private Findings findings(RgbImage pixels, Explanation explanation) {
        Rectangle2D region = explanation.region();
        return method == Method.PARTS
                ? Findings.ofGrid(pixels, region, explanation.grid(), explanation.window(), explanation.windows())
                : Findings.ofGrid(pixels, region, explanation.grid(), 1, explanation.attention());
    }

    private void draw(Findings findings, List<Match> best) {
        try {
            HeatMap.draw(findings, best).writePng(output);
        } catch (IOException e) {
            throw new DataException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void print(Explanation explanation, List<Match> best) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object(object -> {
                object.writeStringField("image", image);
                object.writeStringField("text", text);
                object.writeNumberField("cosine", explanation.cosine());
                object.writeObjectFieldStart("region");
                object.writeNumberField("x", explanation.region().getX());
                object.writeNumberField("y", explanation.region().getY());
                object.writeNumberField("size", explanation.region().getWidth());
                object.writeEndObject();
                object.writeNumberField("grid", explanation.grid());
                object.writeNumberField("window", explanation.window());
                numbers(object, "windows", explanation.windows());
                numbers(object, "attention", explanation.attention());
                object.writeArrayFieldStart("words");
                for (Explanation.Word word : explanation.words()) {
                    object.writeStartObject();
                    object.writeStringField("text", word.text());
                    object.writeNumberField("attention", word.attention());
                    object.writeNumberField("omission", word.omission());
                    object.writeEndObject();
                }
                object.writeEndArray();
            }));
            return;
        }
        out.println(String.format(Locale.ROOT, "cosine %.4f", explanation.cosine()));
        out.println();
        words(explanation).forEach(out::println);
        out.println();
        List<List<String>> rows = new ArrayList<>();
        for (Match match : best) {
            rows.add(List.of(Integer.toString(rows.size() + 1), "x " + match.tile().x(), "y " + match.tile().y(),
                    match.tile().size() + " px"));
        }
        Table.aligned(rows).forEach(out::println);
    }

    /** By attention with their shares, by parts with what they add to the cosine. */
    private List<String> words(Explanation explanation) {
        if (method == Method.ATTENTION) {
            return Table.bars(explanation.words().stream().map(word -> new Table.Bar(word.text(), word.attention()))
                    .toList());
        }
        return Table.aligned(explanation.words().stream().map(word -> List.of(word.text(),
                String.format(Locale.ROOT, "%+.4f", word.omission()))).toList());
    }

    private static void numbers(JsonGenerator object, String name, double[] values) throws IOException {
        object.writeFieldName(name);
        object.writeArray(values, 0, values.length);
    }
}
