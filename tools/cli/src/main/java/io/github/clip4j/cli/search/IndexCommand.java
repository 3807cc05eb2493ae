package io.github.clip4j.cli.search;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.Json;
import io.github.clip4j.cli.shared.LazyModel;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.OrientationOption;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.search.FolderUpdate;
import io.github.clip4j.search.FolderUpdate.Changes;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.webdataset.Shards;
import io.github.clip4j.webdataset.WebDatasetException;
import java.nio.file.Files;
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

@Command(name = "index",
        description = "Make an index of the images in folders, or bring it up to date: only what is new or has changed is read.",
        footerHeading = "%nExample:%n",
        footer = {"  clip index photos --index photos-index --model clip-vit-base-patch32",
                "  clip index \"laion/{00000..00010}.tar\" --index photos-index",
                "A run that is stopped loses about the last 20 seconds of work; the next one goes on."})
public final class IndexCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private IndexOption index;

    @Mixin
    private ModelOptions model;

    @Mixin
    private final OrientationOption orientation = new OrientationOption(true);

    @Parameters(paramLabel = "FOLDER", arity = "1..*",
            description = {
                    "Folders whose images are taken, with all folders below them; links to folders are not followed.",
                    "Tars in the form of WebDataset, \"{00000..00010}.tar\" for many."})
    private List<Path> folders;

    @Option(names = "--quantize",
            description = "Search a new index on vectors of 8 bits an element: less memory where it is large, a few more misses.")
    private boolean quantize;

    @Option(names = "--json", description = "Print an object.")
    private boolean json;

    @Override
    public Integer call() {
        int threads = model.check().threads();
        List<Path> named = folders();
        long begun = System.nanoTime();
        Failures failures = new Failures(spec.commandLine().getErr());
        try (LazyModel lazy = model.lazy();
                ImageIndexWriter writer = ImageIndexWriter.open(index.folder(), lazy.id(), lazy.dimension(),
                        quantize)) {
            Reporter reporter = new Reporter(failures);
            Changes changes = FolderUpdate.run(writer, named, lazy, orientation.decoder(), threads, reporter);
            reporter.clear();
            failures.summarize(changes.files(), "files");
            print(changes, writer.size(), (System.nanoTime() - begun) / 1e9);
        }
        return failures.exitCode();
    }

    /** With tars instead of names that stand for many. */
    private List<Path> folders() {
        List<Path> named = new ArrayList<>();
        for (Path folder : folders) {
            if (Shards.isTar(folder.toString()) && !Files.isDirectory(folder)) {
                try {
                    Shards.expand(folder.toString()).forEach(tar -> named.add(Path.of(tar)));
                } catch (WebDatasetException e) {
                    throw new DataException(e.getMessage(), e);
                }
            } else if (Files.isDirectory(folder)) {
                named.add(folder);
            } else {
                throw new DataException(folder + (Files.exists(folder)
                        ? ": is a file, expected a folder or a tar with images"
                        : ": there is no such folder"));
            }
        }
        return named;
    }

    /** Shows how far it is. */
    private final class Reporter implements FolderUpdate.Listener {
        private final Failures failures;
        private Progress progress;

        Reporter(Failures failures) {
            this.failures = failures;
        }

        @Override
        public void compared(int toRead) {
            progress = Progress.on(toRead);
        }

        @Override
        public void advanced(int files) {
            progress.advance(files);
        }

        @Override
        public void leftOut(String message) {
            clear();
            failures.add(message);
        }

        void clear() {
            if (progress != null) {
                progress.clear();
            }
        }
    }

    private void print(Changes changes, int images, double seconds) {
        spec.commandLine().getOut().println(json
                ? Json.object(object -> {
                    object.writeStringField("index", index.folder().toString());
                    object.writeNumberField("images", images);
                    object.writeNumberField("new", changes.added());
                    object.writeNumberField("changed", changes.changed());
                    object.writeNumberField("reused", changes.reused());
                    object.writeNumberField("removed", changes.removed());
                    object.writeNumberField("unchanged", changes.unchanged());
                    object.writeNumberField("broken", changes.broken());
                    object.writeNumberField("seconds", seconds);
                })
                : String.format(Locale.ROOT,
                        "%s: %,d images (%,d new, %,d changed, %,d moved, copied or touched, %,d removed, %,d unchanged,"
                                + " %,d broken) in %.1f s",
                        index.folder(), images, changes.added(), changes.changed(), changes.reused(),
                        changes.removed(), changes.unchanged(), changes.broken(), seconds));
    }
}
