package io.github.clip4j.cli.search;

import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.OrientationOption;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.cli.shared.Table;
import io.github.clip4j.cli.shared.ThreadsOption;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.cli.vectors.IndexRow;
import io.github.clip4j.search.DuplicateGroup;
import io.github.clip4j.search.Duplicates;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.IndexedFiles;
import io.github.clip4j.search.IndexedImage;
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
import picocli.CommandLine.Spec;

@Command(name = "duplicates",
        description = {
                "Group the images of an index that show the same: equal files, and pictures that were saved again,",
                "resized, turned or cropped a little. Deletes nothing."},
        footerHeading = "%nExample:%n", footer = "  clip duplicates --index photos-index --html duplicates.html")
public final class DuplicatesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private IndexOption index;

    @Mixin
    private ThreadsOption threads;

    @Mixin
    private final OrientationOption orientation = new OrientationOption(true);

    @Option(names = "--threshold", paramLabel = "X", defaultValue = "" + Duplicates.DEFAULT_THRESHOLD,
            description = "Correlation of their structure from which pictures count as the same (default: ${DEFAULT-VALUE}).")
    private float threshold;

    @Option(names = "--json", description = "Print an object for each group, one a line.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE",
            description = "Write a page with the pictures, small, in the file itself.")
    private Path html;

    @Override
    public Integer call() {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new UsageException("--threshold " + threshold + ": expected a number above 0, up to 1");
        }
        if (html != null) {
            OutputFile.check(html);
        }
        Failures failures = new Failures(spec.commandLine().getErr());
        try (ImageIndex images = ImageIndex.open(index.folder())) {
            Progress progress = Progress.on(2L * images.size());
            List<DuplicateGroup> groups = Duplicates.find(images, threshold, orientation.decoder(), threads.count(),
                    new Duplicates.Listener() {
                        @Override
                        public void advanced(int count) {
                            progress.advance(count);
                        }

                        @Override
                        public void leftOut(String message) {
                            progress.clear();
                            failures.add(message);
                        }
                    });
            progress.clear();
            failures.summarize(images.size(), "images");
            if (html != null) {
                DuplicatesPage.write(html, groups, new IndexedFiles(orientation.decoder()));
            }
            print(groups, images.size());
        }
        return failures.exitCode();
    }

    private void print(List<DuplicateGroup> groups, int images) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            groups.forEach(group -> out.println(object(group)));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        int surplus = 0;
        for (int g = 0; g < groups.size(); g++) {
            DuplicateGroup group = groups.get(g);
            surplus += group.images().size() - 1;
            for (int i = 0; i < group.images().size(); i++) {
                IndexedImage image = group.images().get(i);
                rows.add(List.of(Integer.toString(g + 1), i == 0 ? "best" : "",
                        String.format(Locale.ROOT, "%.3f", group.similarities().get(i)),
                        image.width() + "x" + image.height(), String.format(Locale.ROOT, "%,d", image.size()),
                        image.path()));
            }
        }
        Table.aligned(rows).forEach(out::println);
        out.println(String.format(Locale.ROOT, "%s: %,d groups, %,d images more than one of each would be, of %,d",
                index.folder(), groups.size(), surplus, images));
    }

    private static String object(DuplicateGroup group) {
        return Json.object(object -> {
            object.writeArrayFieldStart("images");
            for (int i = 0; i < group.images().size(); i++) {
                object.writeStartObject();
                object.writeNumberField("similarity", group.similarities().get(i));
                IndexRow.write(group.images().get(i), object);
                object.writeEndObject();
            }
            object.writeEndArray();
        });
    }
}
