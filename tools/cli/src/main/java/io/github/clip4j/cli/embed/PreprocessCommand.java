package io.github.clip4j.cli.embed;

import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Failures;
import io.github.clip4j.cli.shared.ImageInput;
import io.github.clip4j.cli.shared.InputFiles;
import io.github.clip4j.cli.shared.OrientationOption;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "preprocess",
        description = "Write what a model sees of images: the shorter side resized, the centre cropped, as PNG.",
        footerHeading = "%nExample:%n",
        footer = "  clip preprocess cat.jpg --output crops    (writes crops/cat.jpg.png)")
public final class PreprocessCommand implements Callable<Integer> {
    private static final int MAX_SIZE = 8192;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Image file, or its http(s) address.")
    private List<String> images;

    @Option(names = "--output", paramLabel = "DIR", required = true,
            description = "Folder to write to; it is made if it is not there.")
    private Path output;

    @Option(names = "--size", paramLabel = "N", defaultValue = "224",
            description = "Height and width of the crop in pixels (default: ${DEFAULT-VALUE}).")
    private int size;

    @Mixin
    private final OrientationOption orientation = new OrientationOption(false);

    @Override
    public Integer call() {
        if (size < 1 || size > MAX_SIZE) {
            throw new UsageException("--size " + size + ": expected 1 to " + MAX_SIZE);
        }
        Map<Path, String> targets = targets();
        try {
            Files.createDirectories(output);
        } catch (IOException e) {
            throw new DataException(output + ": this folder cannot be made: " + e, e);
        }
        ImagePreprocessor preprocessor = new ImagePreprocessor(Preprocessing.CLIP.withSize(size));
        ImageInput input = new ImageInput(orientation.decoder());
        Failures failures = new Failures(spec.commandLine().getErr());
        targets.forEach((target, image) -> {
            try {
                preprocessor.crop(input.read(image)).writePng(target);
                spec.commandLine().getOut().println(target);
            } catch (ImageException | DataException e) {
                failures.add(e.getMessage());
            } catch (IOException e) {
                throw new DataException(target + ": cannot be written: " + e.getMessage(), e);
            }
        });
        return failures.exitCode();
    }

    /** Images by the file that each becomes. */
    private Map<Path, String> targets() {
        Map<Path, String> targets = new LinkedHashMap<>();
        for (String image : images) {
            String name = image.replaceFirst("(?s)[?#].*", "").replaceFirst("/+$", "");
            Path target = output.resolve(name.substring(name.lastIndexOf('/') + 1) + ".png");
            String other = targets.put(target, image);
            if (other != null) {
                throw new UsageException(other + " and " + image + " would both become " + target
                        + "; give them to two folders");
            }
        }
        InputFiles.requireDistinct(images, List.copyOf(targets.keySet()));
        return targets;
    }
}
