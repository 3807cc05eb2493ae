package io.github.clip4j;

import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.hub.Hub;
import io.github.clip4j.hub.HubException;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.RgbImage;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import io.github.clip4j.tokenizer.ClipTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A CLIP model ready to use: images and texts become unit vectors in one space, where the dot product says how well
 * they fit. Safe to share between threads. An embedding is the same, bit for bit, in any batch and with any number of
 * threads.
 */
public final class Clip implements AutoCloseable {
    /** Images or texts that go through a tower together; bounds the memory of their activations. */
    private static final int BATCH = 32;

    private final ClipOptions options;
    private final PublishedModel published;
    private final Kernels kernels;
    private final ClipModel model;
    /** Null where the model has no image tower. */
    private final ImagePreprocessor preprocessor;
    /** Null where it has no text tower. */
    private final ClipTokenizer tokenizer;

    private Clip(PublishedModel published, ClipOptions options, Kernels kernels) {
        ClipConfig config = published.config();
        this.options = options;
        this.published = published;
        this.kernels = kernels;
        this.preprocessor = config.hasVision() ? new ImagePreprocessor(published.preprocessing()) : null;
        Supplier<ClipTokenizer> vocabulary = config.hasText()
                ? kernels.start(() -> published.tokenizer(options.variant()))
                : () -> null;
        this.model = new ClipModel(config, published.weights(), kernels, options.lazy());
        this.tokenizer = vocabulary.get();
    }

    /**
     * Opens a model as it is published: a folder with {@code config.json} or {@code open_clip_config.json}, weights as
     * safetensors, torch or flax msgpack in transformers', open_clip's, OpenAI's or flax's names, and, where they are
     * there, {@code preprocessor_config.json} and the tokenizer's files; or one file of weights whose shapes tell the
     * architecture. A model of one tower opens too: what it lacks is a {@link CheckpointException} when it is asked
     * for.
     *
     * @throws CheckpointException if a file is missing or malformed, or the weights are not those of the config
     */
    public static Clip open(Path model) {
        return open(model, ClipOptions.DEFAULT);
    }

    /** Opens a model folder or file to be run as the options say. */
    public static Clip open(Path model, ClipOptions options) {
        PublishedModel published = PublishedModel.open(model, options.activation());
        Kernels kernels = Kernels.create(options.threads());
        try {
            return new Clip(published, options, kernels);
        } catch (Throwable e) {
            kernels.close();
            published.close();
            throw e;
        }
    }

    /**
     * Opens the model of this path if there is one, else the model of this name, which is fetched from the Hugging Face
     * hub unless it is in the cache: {@code "openai/clip-vit-base-patch32"}, {@code "ORGANISATION/NAME@REVISION"}, or
     * what open_clip calls it, {@code "ViT-B-32/laion2b_s34b_b79k"}. The environment says where from and where to, see
     * {@link io.github.clip4j.hub.HubSettings#of}; for other settings, {@link Hub#locate} gives what {@link
     * #open(Path)} takes.
     *
     * @throws HubException if there is no such model, or it is not to be had
     * @throws CheckpointException as {@link #open(Path)}
     */
    public static Clip open(String model) {
        return open(model, ClipOptions.DEFAULT);
    }

    /** Opens the model of this path or name to be run as the options say. */
    public static Clip open(String model, ClipOptions options) {
        return open(Hub.existing(model).orElseGet(() -> Hub.fromEnvironment().open(Hub.name(model))), options);
    }

    /** Decodes an image file within the limits of the options. */
    public RgbImage readImage(Path file) {
        return options.decoder().decode(file);
    }

    /** Unit vectors of images, in order. */
    public List<float[]> embedImages(List<RgbImage> images) {
        return embedCrops(images.stream().map(preprocessor()::crop).toList());
    }

    /**
     * Unit vectors of images, in order, that {@link #preprocessor()} has cropped; what it was given may be large and
     * need not be kept.
     *
     * @throws IllegalArgumentException if an image is not a crop of the model's size
     */
    public List<float[]> embedCrops(List<RgbImage> crops) {
        List<float[]> embeddings = new ArrayList<>(crops.size());
        for (int from = 0; from < crops.size(); from += BATCH) {
            List<RgbImage> batch = crops.subList(from, Math.min(from + BATCH, crops.size()));
            embeddings.addAll(rows(model.normalize(model.imageFeatures(pixels(batch), batch.size(), Trace.NONE))));
        }
        return embeddings;
    }

    /** Crops as the model takes them: [crops, 3, size, size]. */
    private float[] pixels(List<RgbImage> crops) {
        int size = 3 * preprocessor().size() * preprocessor().size();
        float[] pixels = new float[crops.size() * size];
        for (int i = 0; i < crops.size(); i++) {
            preprocessor.normalize(crops.get(i), pixels, i * size);
        }
        return pixels;
    }

    /** Unit vector of an image file. */
    public float[] embedImage(Path file) {
        return embedImages(List.of(readImage(file))).getFirst();
    }

    /**
     * Unit vectors of texts, in order. Texts that begin alike share the computation of their beginning and equal ones
     * are computed once, so many at a time are faster.
     *
     * @throws IllegalArgumentException if a text is longer than the model's context and the options do not truncate
     */
    public List<float[]> embedTexts(List<String> texts) {
        return embedTokens(texts.stream().map(this::tokenize).toList());
    }

    /**
     * Unit vectors of texts that are tokenized already, in order, as {@link #embedTexts} gives them.
     *
     * @param ids of each text, with start and end, within the model's context; not padded
     */
    public List<float[]> embedTokens(List<int[]> ids) {
        SortedMap<int[], float[]> embeddings = new TreeMap<>(Arrays::compare); // what begins alike is adjacent
        ids.forEach(text -> embeddings.put(text, null));
        List<int[]> distinct = List.copyOf(embeddings.keySet());
        for (int from = 0; from < distinct.size(); from += BATCH) {
            List<int[]> batch = distinct.subList(from, Math.min(from + BATCH, distinct.size()));
            List<float[]> vectors = rows(model.normalize(model.textFeatures(batch, Trace.NONE)));
            for (int i = 0; i < batch.size(); i++) {
                embeddings.put(batch.get(i), vectors.get(i));
            }
        }
        return ids.stream().map(text -> embeddings.get(text).clone()).toList();
    }

    /**
     * Token ids of a text for {@link #embedTokens}, with start and end, cut off at the model's context if the options
     * say so.
     *
     * @throws IllegalArgumentException if the text is longer than the model's context and the options do not truncate
     */
    public int[] tokenize(String text) {
        return options.encode(tokenizer(), text, model.config().text().contextLength());
    }

    /** Each row of [n, dimension] by itself. */
    private List<float[]> rows(float[] matrix) {
        return IntStream.range(0, matrix.length / dimension())
                .mapToObj(i -> Arrays.copyOfRange(matrix, i * dimension(), (i + 1) * dimension())).toList();
    }

    /**
     * Embeds labels for {@link #classify}. With several templates a label's embedding is the mean of its prompts',
     * scaled to unit length.
     *
     * @param templates such as {@code "a photo of a {}"}, the label in place of the braces
     * @throws IllegalArgumentException if there are no labels, one is blank or given twice, or a template has no braces
     */
    public LabelEmbeddings embedLabels(List<String> labels, List<String> templates) {
        List<float[]> prompts = embedTexts(LabelEmbeddings.prompts(labels, templates));
        List<float[]> embeddings = new ArrayList<>(labels.size());
        for (int i = 0; i < prompts.size(); i += templates.size()) {
            embeddings.add(LabelEmbeddings.mean(prompts.subList(i, i + templates.size())));
        }
        return new LabelEmbeddings(labels, embeddings);
    }

    /** How well each label fits an image, the best first. */
    public List<Prediction> classify(RgbImage image, LabelEmbeddings labels) {
        return classify(embedImages(List.of(image)).getFirst(), labels);
    }

    /** How well each label fits an image file, the best first. */
    public List<Prediction> classify(Path image, LabelEmbeddings labels) {
        return classify(readImage(image), labels);
    }

    /** How well each label fits an embedded image, the best first; equal ones in the order of the labels. */
    public List<Prediction> classify(float[] embedding, LabelEmbeddings labels) {
        return predictions(labels.labels(), logits(embedding, labels, labels.labels().size()), 1);
    }

    /**
     * How well each label fits an embedded image, and how likely none does, the best first. None is a prediction of the
     * label {@link Prediction#NONE}.
     */
    public List<Prediction> classify(float[] embedding, LabelEmbeddings labels, Calibration calibration) {
        int n = labels.labels().size();
        List<String> answers = new ArrayList<>(labels.labels());
        answers.add(Prediction.NONE);
        float[] logits = logits(embedding, labels, n + 1);
        logits[n] = (float) calibration.noneLogit(model.logitScale(), n);
        return predictions(answers, logits, calibration.temperature());
    }

    /** Those of the labels in an array of a length. */
    private float[] logits(float[] embedding, LabelEmbeddings labels, int length) {
        float[] logits = new float[length];
        for (int i = 0; i < labels.labels().size(); i++) {
            logits[i] = model.logitScale() * similarity(embedding, labels.embeddings().get(i));
        }
        return logits;
    }

    /** {@code softmax(logits / temperature)}, the best first. */
    private List<Prediction> predictions(List<String> labels, float[] logits, double temperature) {
        float[] probabilities = new float[logits.length];
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = (float) (logits[i] / temperature);
        }
        kernels.softmax(probabilities, 1, logits.length);
        List<Prediction> predictions = new ArrayList<>(logits.length);
        for (int i = 0; i < logits.length; i++) {
            predictions.add(new Prediction(labels.get(i), probabilities[i], logits[i]));
        }
        predictions.sort(Comparator.comparing(Prediction::logit).reversed());
        return predictions;
    }

    /** The cosine of two embeddings, their dot product: from -1 to 1, the more the better they fit. */
    public static float similarity(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("embeddings of " + a.length + " and " + b.length + " dimensions");
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return (float) sum;
    }

    /** Length of an embedding. */
    public int dimension() {
        return model.config().projection();
    }

    /** The two towers, for what this class does not offer. */
    public ClipModel model() {
        return model;
    }

    /** @throws CheckpointException if the model has no text tower */
    public ClipTokenizer tokenizer() {
        model.config().text(); // throws where there is none
        return tokenizer;
    }

    /** @throws CheckpointException if the model has no image tower */
    public ImagePreprocessor preprocessor() {
        model.config().vision(); // throws where there is none
        return preprocessor;
    }

    /** What the arithmetic runs on: {@code "512-bit vectors in 32 registers, 2 threads"}. */
    public String kernels() {
        return kernels.description();
    }

    /** Stops the threads and releases the files; to be called when no call runs. */
    @Override
    public void close() {
        kernels.close();
        published.close();
    }
}
