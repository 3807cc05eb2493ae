package io.github.clip4j.cli.model;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.PreprocessingConfig;
import io.github.clip4j.checkpoint.SafetensorsWriter;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.files.PartialFolder;
import io.github.clip4j.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "synthetic-model",
        description = "Write a full-size CLIP ViT-B/32 whose weights come from a formula, for tests and timings "
                + "without a download.",
        footerHeading = "%nExample:%n", footer = "  clip synthetic-model vit-b-32")
public final class SyntheticModelCommand implements Callable<Integer> {
    private static final String WEIGHTS = "model.safetensors";
    private static final String PREPROCESSING = "preprocessor_config.json";
    private static final String CONFIG = "config.json";

    @Parameters(paramLabel = "DIR", description = "Folder to write to; it is made if it is not there.")
    private Path folder;

    @Option(names = "--force", description = "Write to a folder that is not empty, replacing files of the same names.")
    private boolean force;

    @Override
    public Integer call() {
        Path target = folder.toAbsolutePath().normalize();
        Path beside = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            if (!force && !isEmpty(target)) {
                throw new DataException(folder + ": is not empty; name another folder, or allow it with --force");
            }
            Files.createDirectories(beside);
            try {
                write(beside);
                Files.createDirectories(target);
                for (String name : List.of(WEIGHTS, PREPROCESSING, CONFIG)) {
                    Files.move(beside.resolve(name), target.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            } finally {
                PartialFolder.delete(beside);
            }
        } catch (IOException e) {
            throw new DataException(folder + ": cannot be written: " + e, e);
        }
        return 0;
    }

    private boolean isEmpty(Path target) throws IOException {
        if (!Files.isDirectory(target)) {
            if (Files.exists(target)) {
                throw new DataException(folder + ": is a file, expected a folder");
            }
            return true;
        }
        try (Stream<Path> content = Files.list(target)) {
            return content.findAny().isEmpty();
        }
    }

    private static void write(Path folder) {
        try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint()) {
            // transformers loads only files that say which framework their tensors are laid out for
            SafetensorsWriter.write(folder.resolve(WEIGHTS), checkpoint.tensors(), Map.of("format", "pt"));
        }
        PreprocessingConfig.write(Preprocessing.CLIP, folder.resolve(PREPROCESSING));
        ClipConfig.VIT_B_32.write(folder.resolve(CONFIG));
    }
}
