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
import io.github.clip4j.search.CollapsedHit;
import io.github.clip4j.search.Hit;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.IndexedFiles;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.search.Relevance;
import io.github.clip4j.search.SearchMethod;
import io.github.clip4j.search.SearchQuery;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    /** Images that are listed where no number is given. */
    private static final int MOST = 1000;

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

    @Option(names = "--top", paramLabel = "K",
            description = "Find the K nearest images (default: with texts alone those that fit, up to 1000, else 10).")
    private Integer top;

    @Option(names = "--min-relevance", paramLabel = "R",
            description = "Leave out images that fit less surely, from 0 to 1: the share of unrelated texts and images of "
                    + "the index that fit each other less (default: 0.99 with texts alone and neither --top nor "
                    + "--min-score).")
    private Double minRelevance;

    @Option(names = "--min-score", paramLabel = "X", description = "Leave out images with a lower cosine.")
    private Double minScore;

    @Option(names = "--filter", paramLabel = "GLOB",
            description = "Only images of such paths, as \"*.png\" for names or \"/photos/2024/**\" for whole paths.")
    private String filter;

    @Option(names = "--exact",
            description = "Compare with every image, also where the index is so large that a graph is faster and misses few.")
    private boolean exact;

    @Option(names = "--collapse",
            description = "Of images that show the same, as clip duplicates has it, list the best one only.")
    private boolean collapse;

    @Option(names = "--json", description = "Print an object.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE",
            description = "Write a page with the images, small, in the file itself.")
    private Path html;

    @Override
    public Integer call() {
        boolean texts = parts.stream().allMatch(QueryPart::isText);
        if (top != null && top < 1) {
            throw new UsageException("--top " + top + ": at least 1 is needed");
        }
        if (minRelevance != null && !texts) {
            throw new UsageException("--min-relevance: is for texts alone; with images take --top or --min-score");
        }
        if (minRelevance == null && top == null && minScore == null && texts) {
            minRelevance = Relevance.DEFAULT;
        }
        model.check();
        parts.forEach(QueryPart::check);
        if (html != null) {
            InputFiles.requireDistinct(parts.stream().flatMap(QueryPart::images).toList(), List.of(html));
            OutputFile.check(html);
        }
        try (LazyModel lazy = model.lazyByLayer(); ImageIndex images = ImageIndex.open(index.folder())) {
            float[] vector = QueryPart.vector(parts, images, lazy, orientation.decoder());
            Optional<Relevance> relevance = minRelevance == null
                    ? Optional.empty()
                    : Optional.of(relevance(images, lazy));
            double lowest = Math.max(minScore == null ? -1 : minScore,
                    relevance.map(r -> r.score(minRelevance)).orElse(-1.0));
            List<Hit> found = images.search(new SearchQuery(vector, most(texts), lowest, filter,
                    exact ? SearchMethod.EXACT : SearchMethod.AUTOMATIC));
            List<CollapsedHit> hits = collapse
                    ? CollapsedHit.of(found, images, orientation.decoder(), model.check().threads(), this::warn)
                    : found.stream().map(hit -> new CollapsedHit(hit, List.of())).toList();
            if (html != null) {
                SearchPage.write(html, parts, hits, images.size(), new IndexedFiles(orientation.decoder()));
            }
            print(hits, images.size(), relevance);
            if (top == null && found.size() == MOST) {
                warn("these are the best " + MOST + "; --top K lists more");
            }
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        return 0;
    }

    private void warn(String message) {
        spec.commandLine().getErr().println("clip: " + message);
    }

    private int most(boolean texts) {
        return top != null ? top : texts ? MOST : 10;
    }

    private Relevance relevance(ImageIndex images, LazyModel lazy) {
        return images.relevance(lazy.get().embedTexts(Relevance.THINGS),
                parts.stream().map(QueryPart::weight).toList());
    }

    private void print(List<CollapsedHit> hits, int images, Optional<Relevance> relevance) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.object(object -> {
                object.writeStringField("index", index.folder().toString());
                object.writeNumberField("images", images);
                object.writeArrayFieldStart("hits");
                for (CollapsedHit collapsed : hits) {
                    Hit hit = collapsed.hit();
                    object.writeStartObject();
                    object.writeNumberField("score", hit.score());
                    if (relevance.isPresent()) {
                        object.writeNumberField("relevance", relevance.get().of(hit.score()));
                    }
                    IndexRow.write(hit.image(), object);
                    if (collapse) {
                        object.writeArrayFieldStart("others");
                        for (IndexedImage other : collapsed.others()) {
                            object.writeString(other.path());
                        }
                        object.writeEndArray();
                    }
                    object.writeEndObject();
                }
                object.writeEndArray();
            }));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (CollapsedHit collapsed : hits) {
            Hit hit = collapsed.hit();
            rows.add(List.of(Integer.toString(rows.size() + 1), String.format(Locale.ROOT, "%.4f", hit.score()),
                    hit.image().width() + "x" + hit.image().height(),
                    hit.image().path() + (collapsed.others().isEmpty() ? "" : "  +" + collapsed.others().size())));
        }
        Table.aligned(rows).forEach(out::println);
        if (relevance.isPresent() && hits.isEmpty()) {
            warn("nothing in the index fits; --top 10 lists what is nearest");
        }
    }
}
