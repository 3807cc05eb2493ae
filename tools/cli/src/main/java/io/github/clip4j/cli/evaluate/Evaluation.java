package io.github.clip4j.cli.evaluate;

import io.github.clip4j.evaluate.Retrieval;
import io.github.clip4j.evaluate.ZeroShot;
import java.nio.file.Path;
import java.util.List;

/**
 * How good a model is on a data set.
 *
 * @param data the data set's file
 * @param images its image files
 * @param captions how many there are
 * @param prompts zero-shot classification by each template; the first one is by the ensemble if there is one
 */
record Evaluation(String model, Path data, List<Path> images, int captions, List<Prompted> prompts,
        Retrieval retrieval) {
    /** Classification by a template, or by an ensemble of them. */
    record Prompted(String template, ZeroShot zeroShot) {}

    /** What stands for the model where there is room for one classification only. */
    ZeroShot zeroShot() {
        return prompts.getFirst().zeroShot();
    }
}
