package io.github.clip4j.cli.embed;

import io.github.clip4j.Clip;
import io.github.clip4j.cli.embed.ImageBatches.Count;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.ImageListOption;
import io.github.clip4j.cli.shared.InputFiles;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.NamedImages;
import io.github.clip4j.cli.shared.OrientationOption;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.cli.shared.TextFile;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.cli.vectors.EmbeddingWriter;
import io.github.clip4j.cli.vectors.NpyWriter;
import io.github.clip4j.cli.vectors.RetrievalFolder;
import java.nio.file.Path;
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
        footer = {"  clip embed --images photos --output photos.npy --model clip-vit-base-patch32",
                "  clip embed --images \"laion/{00000..00010}.tar\" --output embeddings --shard 100000"})
public final class EmbedCommand implements Callable<Integer> {
    /** Texts embedded together: the more there are, the more of them begin alike. */
    private static final int TEXTS = 1024;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private final OrientationOption orientation = new OrientationOption(false);

    @ArgGroup(multiplicity = "1")
    private Source source;

    private static final class Source {
        @Option(names = "--images", paramLabel = "PATH", arity = "1..*", required = true,
                description = {
                        "Image files, http(s) addresses, folders whose images are taken in the order of their paths,",
                        "and tars in the form of WebDataset, \"{00000..00010}.tar\" for many."})
        private List<String> images;

        @ArgGroup(exclusive = false)
        private ImageListOption list;

        @Option(names = "--texts", paramLabel = "FILE", required = true, description = "File with a text a line.")
        private Path texts;

        /** Null if there are texts. */
        List<String> images() {
            return list != null && list.isGiven() ? list.names() : images;
        }
    }

    @Option(names = "--output", paramLabel = "PATH", required = true,
            description = {
                    "X.npy (float32 [n, d], names in X.names.jsonl), X.safetensors (tensor \"embeddings\") or X.jsonl;",
                    "a folder with --shard."})
    private Path output;

    @Option(names = "--shard", paramLabel = "N",
            description = {"Write a folder as clip-retrieval's inference does, N images to a file: img_emb, metadata,",
                    "and text_emb with the captions of tars."})
    private Integer shard;

    private Failures failures;
    private Progress progress;
    private EmbeddingWriter writer;

    @Override
    public Integer call() {
        model.check();
        failures = new Failures(spec.commandLine().getErr());
        List<String> named = source.images();
        if (shard != null && (named == null || shard < 1)) {
            throw new UsageException("--shard " + shard + ": expected --images, and 1 or more of them in a file");
        }
        InputFiles.requireDistinct(named != null ? named : List.of(source.texts.toString()),
                List.of(output, NpyWriter.namesFile(output)));
        if (named != null) {
            embedImages(named);
        } else {
            embedTexts();
        }
        return failures.exitCode();
    }

    private void embedImages(List<String> named) {
        try (NamedImages images = new NamedImages(named, orientation.decoder());
                ImageOutput embeddings = output(images.haveTars());
                Clip clip = model.openLazily()) {
            progress = Progress.on(images.haveTars() ? 0 : images.sources());
            Count count = new ImageBatches(clip, embeddings, failures, progress).embed(images,
                    model.check().threads());
            failures.summarize(count.found(), "images");
            requireAny(count.written());
            embeddings.finish();
        }
    }

    private ImageOutput output(boolean tars) {
        return shard == null
                ? new ImageOutput.ToFile(EmbeddingWriter.create(output, "image", Map.of()), tars)
                : new ShardOutput(new RetrievalFolder(output, shard, tars), tars);
    }

    private void embedTexts() {
        try (EmbeddingWriter created = EmbeddingWriter.create(output, "text", Map.of())) {
            List<String> lines = TextFile.lines(source.texts);
            writer = created;
            int written = 0;
            try (Clip clip = model.openLazily()) {
                progress = Progress.on(lines.size());
                for (int from = 0; from < lines.size(); from += TEXTS) {
                    List<String> batch = lines.subList(from, Math.min(from + TEXTS, lines.size()));
                    written += embedTexts(clip, batch, from + 1);
                    progress.advance(batch.size());
                }
                progress.clear();
            }
            failures.summarize(lines.size(), "texts");
            requireAny(written);
            writer.finish();
        }
    }

    private void requireAny(int written) {
        if (written == 0) {
            throw new DataException(output + ": not written, for there is nothing to embed");
        }
    }

    /** Returns the number of embeddings written. */
    private int embedTexts(Clip clip, List<String> texts, int line) {
        try {
            List<float[]> embeddings = clip.embedTexts(texts);
            for (int i = 0; i < texts.size(); i++) {
                writer.add(texts.get(i), embeddings.get(i));
            }
            return texts.size();
        } catch (IllegalArgumentException e) {
            if (texts.size() == 1) {
                progress.clear();
                failures.add(source.texts + ":" + line + ": " + e.getMessage());
                return 0;
            }
            int written = 0; // one of them is too long: each alone
            for (int i = 0; i < texts.size(); i++) {
                written += embedTexts(clip, texts.subList(i, i + 1), line + i);
            }
            return written;
        }
    }
}
