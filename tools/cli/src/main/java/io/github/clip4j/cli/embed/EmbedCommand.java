package io.github.clip4j.cli.embed;

import io.github.clip4j.Clip;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.ImageInput;
import io.github.clip4j.cli.shared.InputFiles;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.cli.shared.TextFile;
import io.github.clip4j.cli.vectors.EmbeddingWriter;
import io.github.clip4j.cli.vectors.NpyWriter;
import io.github.clip4j.concurrent.Ahead;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "embed",
        description = "Write the vectors of images or texts to a file, for search, clustering or training.",
        footerHeading = "%nExample:%n",
        footer = "  clip embed --images photos --output photos.npy --model clip-vit-base-patch32")
public final class EmbedCommand implements Callable<Integer> {
    /** Images embedded together; as many crops are made ahead. Bounds how many are in memory. */
    private static final int IMAGES = 32;
    /** Texts embedded together: the more there are, the more of them begin alike. */
    private static final int TEXTS = 1024;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @ArgGroup(multiplicity = "1")
    private Source source;

    private static final class Source {
        @Option(names = "--images", paramLabel = "PATH", arity = "1..*", required = true,
                description = "Image files, http(s) addresses, and folders whose images are taken in the order of their paths.")
        private List<String> images;

        @Option(names = "--texts", paramLabel = "FILE", required = true, description = "File with a text a line.")
        private Path texts;
    }

    @Option(names = "--output", paramLabel = "FILE", required = true,
            description = "X.npy (float32 [n, d], names in X.names.jsonl), X.safetensors (tensor \"embeddings\") or X.jsonl.")
    private Path output;

    private final ImageInput input = new ImageInput();
    private Failures failures;
    private Progress progress;
    private EmbeddingWriter writer;

    @Override
    public Integer call() {
        boolean images = source.images != null;
        model.check();
        InputFiles.requireDistinct(images ? source.images : List.of(source.texts.toString()),
                List.of(output, NpyWriter.namesFile(output)));
        PrintWriter err = spec.commandLine().getErr();
        try (EmbeddingWriter created = EmbeddingWriter.create(output, images ? "image" : "text",
                Map.of())) {
            List<String> items = images ? InputFiles.images(source.images) : TextFile.lines(source.texts);
            writer = created;
            failures = new Failures(err);
            int written = embed(items, images);
            failures.summarize(items.size(), images ? "images" : "texts");
            if (written == 0) {
                throw new DataException(output + ": not written, for there is nothing to embed");
            }
            writer.finish();
        }
        return failures.exitCode();
    }

    /** Returns the number of embeddings written. */
    private int embed(List<String> items, boolean images) {
        int written = 0;
        try (Clip clip = model.open(); Ahead<RgbImage> crops = crops(clip, images ? items : List.of())) {
            progress = Progress.on(spec.commandLine().getErr(), items.size());
            int size = images ? IMAGES : TEXTS;
            for (int from = 0; from < items.size(); from += size) {
                List<String> batch = items.subList(from, Math.min(from + size, items.size()));
                written += images ? embedImages(clip, batch, crops) : embedTexts(clip, batch, from + 1);
                progress.advance(batch.size());
            }
            progress.clear();
        }
        return written;
    }

    private Ahead<RgbImage> crops(Clip clip, List<String> names) {
        return new Ahead<>(names, name -> clip.preprocessor().crop(input.read(name)), model.check().threads(), IMAGES);
    }

    private int embedImages(Clip clip, List<String> names, Ahead<RgbImage> crops) {
        List<String> readable = new ArrayList<>();
        List<RgbImage> batch = new ArrayList<>();
        for (String name : names) {
            try {
                batch.add(crops.next());
                readable.add(name);
            } catch (ImageException | DataException e) {
                fail(e.getMessage());
            }
        }
        return write(readable, clip.embedCrops(batch));
    }

    private int embedTexts(Clip clip, List<String> texts, int line) {
        try {
            return write(texts, clip.embedTexts(texts));
        } catch (IllegalArgumentException e) {
            if (texts.size() == 1) {
                fail(source.texts + ":" + line + ": " + e.getMessage());
                return 0;
            }
            int written = 0; // one of them is too long: each alone
            for (int i = 0; i < texts.size(); i++) {
                written += embedTexts(clip, texts.subList(i, i + 1), line + i);
            }
            return written;
        }
    }

    private int write(List<String> names, List<float[]> embeddings) {
        for (int i = 0; i < names.size(); i++) {
            writer.add(names.get(i), embeddings.get(i));
        }
        return names.size();
    }

    private void fail(String message) {
        progress.clear();
        failures.add(message);
    }
}
