package io.github.clip4j.cli.evaluate;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The images and classes that a model is measured on. */
final class DataOptions {
    @Option(names = "--data", paramLabel = "FILE", required = true,
            description = "JSON lines, each with \"filename\" and \"captions\".")
    private Path lines;

    @Option(names = "--images", paramLabel = "DIR",
            description = "Folder that file names are relative to (default: the folder of the data file).")
    private Path images;

    @Option(names = "--classes", paramLabel = "FILE",
            description = "JSON object with a readable name for each class (default: classes as in file names).")
    private Path classes;

    @Option(names = "--template", paramLabel = "TEXT",
            description = "Prompt for a class, with {category} for its readable name or {raw class} for that in file "
                    + "names; {} is the same as {category}. May be given several times (default: \"An aerial "
                    + "photograph of {category}\" with --classes, else \"Aerial photograph of {raw class}\").")
    private List<String> templates;

    /** @param ensemble whether to classify by all templates together as well */
    EvaluationData with(boolean ensemble) {
        return EvaluationData.of(lines, images, classes, templates, ensemble);
    }
}
