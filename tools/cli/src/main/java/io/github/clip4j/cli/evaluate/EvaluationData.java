package io.github.clip4j.cli.evaluate;

import io.github.clip4j.Clip;
import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.cli.evaluate.Evaluation.Prompted;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.Progress;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.concurrent.Ahead;
import io.github.clip4j.evaluate.CalibrationFit;
import io.github.clip4j.evaluate.Retrieval;
import io.github.clip4j.evaluate.ZeroShot;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.train.data.CaptionTokenizer;
import io.github.clip4j.train.data.CaptionedImage;
import io.github.clip4j.train.data.CaptionedImages;
import io.github.clip4j.train.data.ClassPrompts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A data set to evaluate models on.
 *
 * @param lines images and captions as JSON lines
 * @param folder which the file names are relative to
 * @param names file with the readable names of classes, or null
 * @param templates prompts with a placeholder for the class
 * @param ensemble whether to classify by all templates together as well
 */
record EvaluationData(Path lines, Path folder, Path names, List<String> templates, boolean ensemble) {
    private static final String RAW = "{raw class}";
    private static final List<String> READABLE = List.of("{category}", "{}");
    /** Images embedded together; as many crops are made ahead. */
    private static final int IMAGES = 32;
    /** Captions embedded together: the more there are, the more of them begin alike. */
    private static final int CAPTIONS = 1024;

    /**
     * A data set as the command line gives it, with null for what takes its default.
     *
     * @throws UsageException if a template has no place for the class
     */
    static EvaluationData of(Path lines, Path images, Path names, List<String> templates, boolean ensemble) {
        Path folder = images == null ? lines.toAbsolutePath().getParent() : images;
        String standard = names == null ? "Aerial photograph of {raw class}" : "An aerial photograph of {category}";
        List<String> distinct = templates == null ? List.of(standard) : templates.stream().distinct().toList();
        for (String template : distinct) {
            if (!template.contains(RAW) && READABLE.stream().noneMatch(template::contains)) {
                throw new UsageException("--template \"" + template + "\": has no {category} or {raw class}");
            }
        }
        if (ensemble && distinct.size() < 2) {
            throw new UsageException("--ensemble: needs at least two templates, found \"" + distinct.getFirst() + '"');
        }
        return new EvaluationData(lines, folder == null ? lines : folder, names, distinct, ensemble);
    }

    /** The files of this data set that a user names. */
    Stream<Path> files() {
        return Stream.of(lines, names).filter(file -> file != null);
    }

    /**
     * Embeds everything and ranks.
     *
     * @param threads to decode images with
     * @param err where to show progress
     * @throws IllegalArgumentException if the model's embeddings are not finite
     */
    Evaluation evaluate(String model, Clip clip, int threads, Kernels kernels) {
        List<CaptionedImage> data = read(clip);
        List<int[]> captions = data.stream().flatMap(image -> image.captions().stream()).toList();
        int[] imageOf = IntStream.range(0, data.size())
                .flatMap(i -> IntStream.range(0, data.get(i).captions().size()).map(_ -> i)).toArray();
        List<Path> files = data.stream().map(CaptionedImage::file).toList();
        Map<String, String> classes = classes(data);
        Map<String, LabelEmbeddings> prompts = embedPrompts(clip, classes);

        Progress progress = Progress.on(files.size() + captions.size());
        List<float[]> images;
        List<float[]> texts;
        try {
            images = embedImages(clip, files, threads, progress);
            texts = embedCaptions(clip, captions, progress);
        } finally {
            progress.clear();
        }

        int[] expected = expected(data, classes);
        List<Prompted> prompted = new ArrayList<>();
        prompts.forEach((template, embeddings) -> prompted.add(new Prompted(template,
                ZeroShot.classify(images, expected, embeddings, clip.model().logitScale(), kernels))));
        Retrieval retrieval = Retrieval.measure(images, texts, imageOf, kernels);
        return new Evaluation(model, lines, files, captions.size(), prompted, retrieval);
    }

    /**
     * Embeds images and classes, by the first template or all together, to calibrate the model on.
     *
     * @throws IllegalArgumentException if the model's embeddings are not finite
     */
    CalibrationFit calibration(Clip clip, int threads, Kernels kernels) {
        List<CaptionedImage> data = read(clip);
        Map<String, String> classes = classes(data);
        LabelEmbeddings prompts = embedPrompts(clip, classes).values().iterator().next();
        Progress progress = Progress.on(data.size());
        try {
            List<float[]> images = embedImages(clip, data.stream().map(CaptionedImage::file).toList(), threads,
                    progress);
            return new CalibrationFit(images, expected(data, classes), prompts, clip.model().logitScale(), kernels);
        } finally {
            progress.clear();
        }
    }

    private List<CaptionedImage> read(Clip clip) {
        int context = clip.model().config().text().contextLength();
        return CaptionedImages.read(lines, folder, new CaptionTokenizer(clip.tokenizer(), context, true)).images();
    }

    /** The index of each image's class. */
    private static int[] expected(List<CaptionedImage> data, Map<String, String> classes) {
        List<String> labels = List.copyOf(classes.keySet());
        return data.stream().mapToInt(image -> labels.indexOf(image.label())).toArray();
    }

    /** The readable name of each class to choose from. */
    private Map<String, String> classes(List<CaptionedImage> data) {
        Map<String, String> found = data.stream().map(CaptionedImage::label).distinct()
                .collect(Collectors.toMap(Function.identity(), Function.identity(), (a, _) -> a, TreeMap::new));
        Map<String, String> classes = names == null ? found : ClassPrompts.readNames(names);
        List<String> nameless = found.keySet().stream().filter(label -> !classes.containsKey(label)).toList();
        if (!nameless.isEmpty()) {
            throw new DataException(
                    "%s: has no name for %d of the %d classes of %s, such as \"%s\"; %s".formatted(names,
                            nameless.size(), found.size(), lines, nameless.getFirst(),
                            "expected file names up to the first _ as keys"));
        }
        if (classes.size() < 2) {
            throw new DataException("%s: all %d images are of class \"%s\", expected two classes or more; %s".formatted(
                    lines, data.size(), data.getFirst().label(),
                    "an image's class is its file name up to the first _"));
        }
        Map<String, String> classOf = new TreeMap<>();
        classes.forEach((label, name) -> {
            String other = classOf.put(name, label);
            if (other != null) {
                throw new DataException(
                        "%s: classes \"%s\" and \"%s\" have the same name \"%s\", no prompt can tell them apart"
                                .formatted(names, other, label, name));
            }
        });
        return classes;
    }

    /** The classes by each template, after those by all together if that is asked for. */
    private Map<String, LabelEmbeddings> embedPrompts(Clip clip, Map<String, String> classes) {
        SequencedMap<String, LabelEmbeddings> embeddings = new LinkedHashMap<>();
        int context = clip.model().config().text().contextLength();
        for (String template : templates) {
            List<int[]> prompts = new ArrayList<>();
            classes.forEach((label, name) -> {
                String prompt = template.replace(RAW, label);
                for (String place : READABLE) {
                    prompt = prompt.replace(place, name);
                }
                int[] ids = clip.tokenizer().encode(prompt);
                if (ids.length > context) {
                    throw new DataException("prompt \"%.60s\" has %d tokens, the model takes %d; shorten it"
                            .formatted(prompt, ids.length, context));
                }
                prompts.add(ids);
            });
            embeddings.put(template, new LabelEmbeddings(List.copyOf(classes.keySet()), clip.embedTokens(prompts)));
        }
        if (ensemble) {
            embeddings.putFirst("ensemble of these templates",
                    LabelEmbeddings.ensemble(List.copyOf(embeddings.values())));
        }
        return embeddings;
    }

    private static List<float[]> embedImages(Clip clip, List<Path> files, int threads, Progress progress) {
        List<float[]> embeddings = new ArrayList<>(files.size());
        try (Ahead<Path, RgbImage> crops = new Ahead<>(files.iterator(),
                file -> clip.preprocessor().crop(clip.readImage(file)), threads, IMAGES)) {
            while (crops.hasNext()) {
                List<RgbImage> batch = new ArrayList<>();
                while (batch.size() < IMAGES && crops.hasNext()) {
                    batch.add(crops.next());
                }
                embeddings.addAll(clip.embedCrops(batch));
                progress.advance(batch.size());
            }
        }
        return embeddings;
    }

    private static List<float[]> embedCaptions(Clip clip, List<int[]> captions, Progress progress) {
        List<float[]> embeddings = new ArrayList<>(captions.size());
        for (int from = 0; from < captions.size(); from += CAPTIONS) {
            List<int[]> batch = captions.subList(from, Math.min(from + CAPTIONS, captions.size()));
            embeddings.addAll(clip.embedTokens(batch));
            progress.advance(batch.size());
        }
        return embeddings;
    }
}
