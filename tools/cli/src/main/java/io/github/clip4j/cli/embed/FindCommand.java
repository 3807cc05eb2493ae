package io.github.clip4j.cli.embed;

import io.github.clip4j.Clip;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.InputFiles;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.find.Findings;
import io.github.clip4j.find.GeoJson;
import io.github.clip4j.find.Georeference;
import io.github.clip4j.find.HeatMap;
import io.github.clip4j.find.ImageSearch;
import io.github.clip4j.find.Match;
import io.github.clip4j.find.Tiling;
import io.github.clip4j.image.ImageStrips;
import java.awt.geom.AffineTransform;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "find", description = "Find what a text says inside an image, however large: boxes and a heat map.",
        footerHeading = "%nExample:%n",
        footer = "  clip find town.tif \"a tennis court\" --tile 200 --output heat.png --model clip-vit-base-patch32")
public final class FindCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "Image file.")
    private Path image;

    @Parameters(index = "1", paramLabel = "TEXT", description = "What to find.")
    private String text;

    @ArgGroup
    private Tiles tiles = new Tiles();

    private static final class Tiles {
        @Option(names = "--grid", paramLabel = "N", required = true,
                description = "Tiles of which N side by side cover the shorter side of the image (default: 8).")
        private int grid = 8;

        @Option(names = "--tile", paramLabel = "PX", required = true, description = "Tiles of PX pixels.")
        private Integer pixels;

        Tiling of(ImageStrips strips, double overlap, List<Double> scales) {
            return pixels == null
                    ? Tiling.grid(strips.width(), strips.height(), grid, overlap, scales)
                    : Tiling.of(strips.width(), strips.height(), pixels, overlap, scales);
        }
    }

    @Option(names = "--overlap", paramLabel = "F", defaultValue = "0.5",
            description = "Share of a tile's side that the next one covers too, from 0 up to below 1 (default: ${DEFAULT-VALUE}).")
    private double overlap;

    @Option(names = "--scales", paramLabel = "S", split = ",", defaultValue = "1,2",
            description = "Sizes of tiles, times that of --tile or --grid (default: ${DEFAULT-VALUE}).")
    private List<Double> scales;

    @Option(names = "--other", paramLabel = "TEXT",
            description = "What else there is in the image, for the score to be a probability against; "
                    + "may be given several times (default: neutral texts).")
    private List<String> others = ImageSearch.NEGATIVES;

    @Option(names = "--top", paramLabel = "K", defaultValue = "10",
            description = "List the K best places (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--output", paramLabel = "PNG", description = "Draw a heat map over the reduced image.")
    private Path output;

    @Option(names = "--geojson", paramLabel = "FILE",
            description = "Write the places as polygons: in map coordinates if the image is a GeoTIFF or has a world file"
                    + " beside it, else in pixels.")
    private Path geoJson;

    @Option(names = "--json", description = "Print an object.")
    private boolean json;

    @Override
    public Integer call() {
        if (top < 1) {
            throw new UsageException("--top " + top + ": at least 1 is needed");
        }
        if (text.isBlank() || others.stream().anyMatch(String::isBlank)) {
            throw new UsageException("the text to find, or that of --other, is empty");
        }
        model.check();
        List<Path> outputs = Stream.of(output, geoJson).filter(Objects::nonNull).toList();
        InputFiles.requireDistinct(List.of(image.toString()), outputs);
        outputs.forEach(OutputFile::check);
        try (ImageStrips strips = ImageStrips.open(image)) {
            // everything that may be wrong with the command line or the image's side files is told before the long work
            Tiling tiling = tiles.of(strips, overlap, scales);
            Optional<AffineTransform> map = geoJson == null ? Optional.empty() : Georeference.of(image);
            Findings findings = search(strips, tiling);
            List<Match> best = findings.top(top);
            write(findings, best, map);
            print(findings, best);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        return 0;
    }

    private Findings search(ImageStrips strips, Tiling tiling) {
        try (Clip clip = model.open()) {
            Progress progress = Progress.on(tiling.count());
            try {
                return new ImageSearch(clip, text, others).search(strips, tiling, progress::advance);
            } finally {
                progress.clear();
            }
        }
    }

    private void write(Findings findings, List<Match> best, Optional<AffineTransform> map) {
        if (output != null) {
            try {
                HeatMap.draw(findings, best).writePng(output);
            } catch (IOException e) {
                throw new DataException(output + ": cannot be written: " + e.getMessage(), e);
            }
        }
        if (geoJson != null) {
            try (OutputFile file = new OutputFile(geoJson)) {
                file.append(StandardCharsets.UTF_8.encode(GeoJson.of(best, map)));
                file.commit();
            }
        }
    }

    private void print(Findings findings, List<Match> best) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object(object -> {
                object.writeStringField("image", image.toString());
                object.writeNumberField("width", findings.width());
                object.writeNumberField("height", findings.height());
                object.writeStringField("text", text);
                object.writeNumberField("tiles", findings.matches().size());
                object.writeArrayFieldStart("boxes");
                for (Match match : best) {
                    object.writeStartObject();
                    object.writeNumberField("x", match.tile().x());
                    object.writeNumberField("y", match.tile().y());
                    object.writeNumberField("width", match.tile().size());
                    object.writeNumberField("height", match.tile().size());
                    object.writeNumberField("score", match.score());
                    object.writeEndObject();
                }
                object.writeEndArray();
            }));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (Match match : best) {
            rows.add(List.of(Integer.toString(rows.size() + 1),
                    String.format(Locale.ROOT, "%6.2f %%", 100 * match.score()), "x " + match.tile().x(),
                    "y " + match.tile().y(), match.tile().size() + " px"));
        }
        Table.aligned(rows).forEach(out::println);
    }
}
