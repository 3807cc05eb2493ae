package io.github.clip4j.cli.search;

import io.github.clip4j.cli.shared.InputFiles;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.LazyModel;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.OrientationOption;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.cli.vectors.IndexRow;
import io.github.clip4j.search.Hit;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.IndexedFiles;
import io.github.clip4j.search.SearchMethod;
import io.github.clip4j.search.SearchQuery;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "search", description = "Find the images of an index that are nearest to a text or to another image.",
        footerHeading = "%nExamples:%n",
        footer = {"  clip search --index photos-index --text \"a red bicycle\" --model clip-vit-base-patch32",
                "  clip search --index photos-index --image beach.jpg --text \"at night\" --weight 2 --minus-text people"})
public final class SearchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private IndexOption index;

    @Mixin
    private ModelOptions model;

    @Mixin
    private final OrientationOption orientation = new OrientationOption(true);

    @ArgGroup(exclusive = false, multiplicity = "1..*")
    private List<QueryPart> parts;

    @Option(names = "--top", paramLabel = "K", defaultValue = "10",
            description = "Find the K nearest images (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--min-score", paramLabel = "X", defaultValue = "-1",
            description = "Leave out images with a lower cosine (default: ${DEFAULT-VALUE}).")
    private double minScore;

    @Option(names = "--filter", paramLabel = "GLOB",
            description = "Only images of such paths, as \"*.png\" for names or \"/photos/2024/**\" for whole paths.")
    private String filter;

    @Option(names = "--exact",
            description = "Compare with every image, also where the index is so large that a graph is faster and misses few.")
    private boolean exact;

    @Option(names = "--json", description = "Print an object.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE",
            description = "Write a page with the images, small, in the file itself.")
    private Path html;

    @Override
    public Integer call() {
        if (top < 1) {
            throw new UsageException("--top " + top + ": at least 1 is needed");
        }
        model.check();
        parts.forEach(QueryPart::check);
        if (html != null) {
            InputFiles.requireDistinct(parts.stream().flatMap(QueryPart::images).toList(), List.of(html));
            OutputFile.check(html);
        }
        try (LazyModel lazy = model.lazy(); ImageIndex images = ImageIndex.open(index.folder())) {
            float[] vector = QueryPart.vector(parts, images, lazy, orientation.decoder());
            List<Hit> hits = images.search(new SearchQuery(vector, top, minScore, filter,
                    exact ? SearchMethod.EXACT : SearchMethod.AUTOMATIC));
            if (html != null) {
                SearchPage.write(html, parts, hits, images.size(), new IndexedFiles(orientation.decoder()));
            }
            print(hits, images.size());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        return 0;
    }

    private void print(List<Hit> hits, int images) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object(object -> {
                object.writeStringField("index", index.folder().toString());
                object.writeNumberField("images", images);
                object.writeArrayFieldStart("hits");
                for (Hit hit : hits) {
                    object.writeStartObject();
                    object.writeNumberField("score", hit.score());
                    IndexRow.write(hit.image(), object);
                    object.writeEndObject();
                }
                object.writeEndArray();
            }));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (Hit hit : hits) {
            rows.add(List.of(Integer.toString(rows.size() + 1), String.format(Locale.ROOT, "%.4f", hit.score()),
                    hit.image().width() + "x" + hit.image().height(),
                    hit.image().path()));
        }
        Table.aligned(rows).forEach(out::println);
    }
}
