package io.github.clip4j.cli.search;

import io.github.clip4j.Clip;
import io.github.clip4j.cli.shared.ImageInput;
import io.github.clip4j.cli.shared.LazyModel;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.QueryVector;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** A text or image of a query, and how much it counts. */
final class QueryPart {
    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(names = "--weight", paramLabel = "W", defaultValue = "1",
            description = "How much the text or image before it counts beside the others (default: ${DEFAULT-VALUE}).")
    private double weight;

    private static final class Source {
        @Option(names = "--text", paramLabel = "T", required = true,
                description = "What the images show. Texts and images may be given several times; their vectors are added.")
        private String text;

        @Option(names = "--image", paramLabel = "P", required = true,
                description = "Image file or http(s) address that the images resemble.")
        private String image;

        @Option(names = "--minus-text", paramLabel = "T", required = true, description = "What they do not show.")
        private String minusText;

        @Option(names = "--minus-image", paramLabel = "P", required = true, description = "What they do not resemble.")
        private String minusImage;
    }

    private boolean isMinus() {
        return source.minusText != null || source.minusImage != null;
    }

    private String text() {
        return source.minusText == null ? source.text : source.minusText;
    }

    private String image() {
        return source.minusImage == null ? source.image : source.minusImage;
    }

    boolean isText() {
        return image() == null;
    }

    /** Below 0 for what is not wanted. */
    double weight() {
        return isMinus() ? -weight : weight;
    }

    /** The image, if it is one. */
    Stream<String> images() {
        return Stream.ofNullable(image());
    }

    /** @throws UsageException if it is blank or its weight no positive number */
    void check() {
        if (text() != null && text().isBlank()) {
            throw new UsageException("a text to search for is empty");
        }
        if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new UsageException("--weight " + weight + ": expected a number above 0");
        }
    }

    /**
     * The vector of all parts; the model is only opened if one of them is not in the index already.
     *
     * @throws io.github.clip4j.search.IndexException if the index is of another model
     * @throws IllegalArgumentException if a text is too long, or the parts cancel each other out
     */
    static float[] vector(List<QueryPart> parts, ImageIndex index, LazyModel model, ImageDecoder decoder) {
        QueryVector sum = new QueryVector();
        for (QueryPart part : parts) {
            float[] vector = part.stored(index).orElseGet(() -> {
                index.requireModel(model.id());
                return part.embed(model.get(), decoder);
            });
            sum.add(vector, part.weight());
        }
        return sum.vector();
    }

    private Optional<float[]> stored(ImageIndex index) {
        if (isText() || ImageInput.isAddress(image())) {
            return Optional.empty();
        }
        try {
            return index.embedding(Path.of(image()));
        } catch (InvalidPathException _) {
            return Optional.empty(); // told when it is read
        }
    }

    private float[] embed(Clip clip, ImageDecoder decoder) {
        return isText()
                ? clip.embedTexts(List.of(text())).getFirst()
                : clip.embedImages(List.of(new ImageInput(decoder).read(image()))).getFirst();
    }

    /** For people: {@code + a red bicycle × 2}. */
    String describe() {
        String what = isText() ? text() : image();
        return (isMinus() ? "− " : "+ ") + what + (weight == 1 ? "" : " × " + weight);
    }
}
