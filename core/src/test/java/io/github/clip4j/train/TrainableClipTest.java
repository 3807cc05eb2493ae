package io.github.clip4j.train;

import static io.github.clip4j.train.TrainingData.ALL;
import static io.github.clip4j.train.TrainingData.CONFIG;
import static io.github.clip4j.train.TrainingData.assertClose;
import static io.github.clip4j.train.TrainingData.batch;
import static io.github.clip4j.train.TrainingData.parameters;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.kernels.Kernels;
import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainableClipTest {
    /** Loss and every gradient by torch autograd. */
    @Test
    void reference() {
        ClipConfig config = ClipConfig.read(TrainingData.reference("initial/config.json"));
        try (Kernels one = Kernels.create(1);
                Kernels two = Kernels.create(2);
                Kernels scalar = Kernels.scalar(2);
                Checkpoint initial = Checkpoint.open(TrainingData.reference("initial"));
                Checkpoint batches = Checkpoint.open(TrainingData.reference("batches.safetensors"));
                Checkpoint expected = Checkpoint.open(TrainingData.reference("gradients-batch0.safetensors"))) {
            Batch batch = TrainingData.referenceBatch(batches, 0);
            for (Kernels kernels : List.of(one, two, scalar)) {
                for (int microBatch : new int[]{8, 3, 1}) {
                    ModelParameters parameters = new ModelParameters(config, initial, ALL);
                    BatchLoss loss = new TrainableClip(config, parameters, kernels).gradients(batch, microBatch);
                    String where = kernels.description() + ", micro-batches of " + microBatch;
                    assertEquals(2.3210320472717285, loss.loss(), 1e-4, where); // loss_batch0 in trajectory.json
                    for (Parameter parameter : parameters.all()) {
                        assertClose(parameter.name(), expected.tensor(parameter.name()).floats(), parameter.gradient(),
                                1e-4, where);
                    }
                }
            }
        }
    }

    /** The slope of the loss in a few elements of each tensor, the one of the largest gradient among them. */
    @ParameterizedTest
    @CsvSource({"false, , 0", "true, , 0", "true, 0.4, 0", "false, , 0.5"})
    void finiteDifferences(boolean promptsMatch, Double promptsShare, double patchDropout) {
        ModelParameters parameters = parameters(ALL);
        Batch batch = new PatchDropout(patchDropout, 1).apply(batch(6, 1), 1, CONFIG.vision());
        try (Kernels kernels = Kernels.create(1)) {
            TrainableClip model = new TrainableClip(CONFIG, parameters, kernels,
                    new ContrastiveLoss(5, promptsMatch, promptsShare));
            model.gradients(batch, 6);
            for (Parameter parameter : parameters.all()) {
                int largest = largest(parameter.gradient());
                float bound = Math.abs(parameter.gradient()[largest]);
                int[] random = new Random(7).ints(3, 0, parameter.value().length).toArray();
                for (int i : new int[]{largest, random[0], random[1], random[2]}) {
                    float h = Math.min(0.015f, 0.01f / Math.abs(parameter.gradient()[i])); // the loss moves by 0.01
                    assertEquals(slope(model, parameter.value(), i, h, batch), parameter.gradient()[i],
                            5e-3 * bound + 1e-4, parameter.name() + " at " + i);
                }
            }
        }
    }

    private static int largest(float[] values) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) {
            largest = Math.abs(values[i]) > Math.abs(values[largest]) ? i : largest;
        }
        return largest;
    }

    /** Central differences of the fourth order: {@code (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h}. */
    private static double slope(TrainableClip model, float[] value, int i, float h, Batch batch) {
        float kept = value[i];
        double[] losses = new double[5];
        for (int step = -2; step <= 2; step++) {
            value[i] = kept + step * h;
            model.refresh();
            losses[step + 2] = model.loss(batch, 6).loss();
        }
        value[i] = kept;
        model.refresh();
        return (8 * (losses[3] - losses[1]) - (losses[4] - losses[0])) / (12 * h);
    }

    @Test
    void microBatches() {
        Batch batch = batch(8, 2);
        try (Kernels kernels = Kernels.create(2)) {
            ModelParameters whole = parameters(ALL);
            BatchLoss loss = new TrainableClip(CONFIG, whole, kernels).gradients(batch, 100);
            for (int microBatch : new int[]{1, 3, 8}) {
                ModelParameters parts = parameters(ALL);
                TrainableClip model = new TrainableClip(CONFIG, parts, kernels);
                String where = "micro-batches of " + microBatch;
                assertEquals(loss, model.loss(batch, microBatch), where);
                assertEquals(loss, model.gradients(batch, microBatch), where);
                assertGradients(whole, parts, 1e-5, where);
            }
        }
    }

    @Tag("slow")
    @Test
    void microBatchesOfALargeBatch() {
        ClipConfig config = ClipConfig.read(TrainingData.reference("initial/config.json"));
        int n = 256;
        float[] pixels = new float[n * 3 * 32 * 32];
        Random random = new Random(4);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        List<int[]> texts = random.ints(n, 2, 17).mapToObj(length -> {
            int[] ids = random.ints(length, 0, 256).toArray();
            ids[length - 1] = config.text().endTokenId();
            return ids;
        }).toList();
        try (Kernels kernels = Kernels.create(2);
                Checkpoint initial = Checkpoint.open(TrainingData.reference("initial"))) {
            ModelParameters whole = new ModelParameters(config, initial, ALL);
            new TrainableClip(config, whole, kernels).gradients(new Batch(pixels, texts), n);
            for (int microBatch : new int[]{8, 32, 256}) {
                ModelParameters parts = new ModelParameters(config, initial, ALL);
                new TrainableClip(config, parts, kernels).gradients(new Batch(pixels, texts), microBatch);
                assertGradients(whole, parts, 1e-5, "micro-batches of " + microBatch);
            }
        }
    }

    private static void assertGradients(ModelParameters expected, ModelParameters found, double tolerance,
            String where) {
        for (Parameter parameter : expected.all()) {
            assertClose(parameter.name(), parameter.gradient(), found.get(parameter.name()).gradient(), tolerance,
                    where);
        }
    }

    /** The same layers on the same kernels in the same order: the same bits. */
    @Test
    void featuresAreThoseOfTheModel() {
        Batch batch = batch(5, 3);
        try (Kernels kernels = Kernels.create(2)) {
            ClipModel model = new ClipModel(CONFIG, new SyntheticCheckpoint(CONFIG), kernels);
            Layers layers = new Layers(kernels, parameters(ALL));
            assertArrayEquals(model.imageFeatures(batch.pixels(), 5, Trace.NONE),
                    new TrainableVision(kernels, CONFIG.vision(), layers).forward(batch, 0, 5));
            assertArrayEquals(model.textFeatures(batch.texts(), Trace.NONE),
                    new TrainableText(kernels, CONFIG.text(), layers).forward(batch, 0, 5));
        }
    }

    @Test
    void threadsMakeNoDifference() {
        Batch batch = batch(7, 5);
        try (Kernels one = Kernels.create(1); Kernels two = Kernels.create(2)) {
            ModelParameters expected = parameters(ALL);
            ModelParameters found = parameters(ALL);
            new TrainableClip(CONFIG, expected, one).gradients(batch, 3);
            new TrainableClip(CONFIG, found, two).gradients(batch, 3);
            for (Parameter parameter : expected.all()) {
                assertArrayEquals(parameter.gradient(), found.get(parameter.name()).gradient(), parameter.name());
            }
        }
    }

    /** Whatever is frozen, the gradients of the others are the same. */
    @ParameterizedTest
    @ValueSource(strings = {"none of them", "logit_scale", ".*_projection\\.weight", "visual_projection\\.weight",
            "text_model\\..*", "vision_model\\..*", ".*\\.layers\\.1\\..*",
            ".*\\.layers\\.0\\.self_attn\\.v_proj\\.weight",
            ".*\\.bias", ".*norm.*", ".*norm.*\\.weight", ".*embedding.*", ".*class_embedding",
            ".*\\.token_embedding.*", ".*\\.position_embedding.*", ".*patch_embedding.*", ".*\\.post_layernorm\\.bias"})
    void frozenParameters(String names) {
        Predicate<String> trained = Pattern.compile(names).asMatchPredicate();
        Batch batch = batch(5, 6);
        try (Kernels kernels = Kernels.create(1)) {
            ModelParameters all = parameters(ALL);
            ModelParameters some = parameters(trained);
            BatchLoss loss = new TrainableClip(CONFIG, all, kernels).gradients(batch, 2);
            assertEquals(loss, new TrainableClip(CONFIG, some, kernels).gradients(batch, 2));
            for (Parameter parameter : some.trained()) {
                assertClose(parameter.name(), all.get(parameter.name()).gradient(), parameter.gradient(), 1e-6, names);
            }
        }
    }

    @Test
    void gradientsAreAdded() {
        Batch batch = batch(4, 8);
        try (Kernels kernels = Kernels.create(1)) {
            ModelParameters parameters = parameters(ALL);
            TrainableClip model = new TrainableClip(CONFIG, parameters, kernels);
            model.gradients(batch, 4);
            Map<String, float[]> once = parameters.all().stream()
                    .collect(Collectors.toMap(Parameter::name, parameter -> parameter.gradient().clone()));
            model.gradients(batch, 4);
            for (Parameter parameter : parameters.all()) {
                float[] half = parameter.gradient().clone();
                for (int i = 0; i < half.length; i++) {
                    half[i] /= 2;
                }
                assertClose(parameter.name(), once.get(parameter.name()), half, 1e-6, "half of two batches");
            }
        }
    }

    /** After refresh the model is the one of the new values, with its logit scale clamped. */
    @Test
    void refresh() {
        Batch batch = batch(4, 9);
        try (Kernels kernels = Kernels.create(2)) {
            ModelParameters changed = parameters(ALL);
            TrainableClip model = new TrainableClip(CONFIG, changed, kernels);
            model.gradients(batch, 2);
            Random random = new Random(10);
            for (Parameter parameter : changed.all()) {
                for (int i = 0; i < parameter.value().length; i++) {
                    parameter.value()[i] += 0.1f * (random.nextFloat() - 0.5f);
                }
            }
            changed.get("logit_scale").value()[0] = 7;
            changed.zeroGradients();
            model.refresh();
            assertEquals((float) Math.log(100), changed.get("logit_scale").value()[0]);

            ModelParameters anew = parameters(ALL);
            anew.all().forEach(parameter -> System.arraycopy(changed.get(parameter.name()).value(), 0,
                    parameter.value(), 0, parameter.value().length));
            BatchLoss loss = new TrainableClip(CONFIG, anew, kernels).gradients(batch, 2);
            assertEquals(loss, model.gradients(batch, 2));
            for (Parameter parameter : anew.all()) {
                assertArrayEquals(parameter.gradient(), changed.get(parameter.name()).gradient(), parameter.name());
            }
        }
    }

    @Test
    void aFrozenLogitScaleIsNotClamped() {
        try (Kernels kernels = Kernels.create(1)) {
            ModelParameters parameters = parameters(name -> !name.equals("logit_scale"));
            parameters.get("logit_scale").value()[0] = 5;
            new TrainableClip(CONFIG, parameters, kernels).refresh();
            assertEquals(5, parameters.get("logit_scale").value()[0]);
        }
    }

    @Test
    void wrongBatches() {
        Batch batch = batch(3, 11);
        float[] pixels = batch.pixels();
        assertMessage("a batch of 2 texts", () -> new Batch(new float[3], batch.texts().subList(0, 2)));
        assertMessage("a batch of 0 texts", () -> new Batch(pixels, List.of()));
        try (Kernels kernels = Kernels.create(1)) {
            TrainableClip model = new TrainableClip(CONFIG, parameters(ALL), kernels);
            assertMessage("micro-batch: expected 1 or more, found 0", () -> model.gradients(batch, 0));
            float[] fewer = Arrays.copyOf(pixels, pixels.length - 3);
            assertMessage(fewer.length + " pixel values for 3 images of 588",
                    () -> model.loss(new Batch(fewer, batch.texts()), 1));
            List<int[]> endless = List.of(new int[]{1, 2}, new int[]{1}, new int[]{1});
            assertMessage("a text of 2 tokens has no end-of-text token",
                    () -> model.loss(new Batch(pixels, endless), 3));
        }
    }

    private static void assertMessage(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
