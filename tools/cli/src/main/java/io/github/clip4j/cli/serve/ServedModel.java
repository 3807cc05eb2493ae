package io.github.clip4j.cli.serve;

import io.github.clip4j.Clip;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.train.Explainer;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a server answers with; it is closed by who opened it.
 *
 * @param name of the model
 * @param template how labels become prompts where a request has none
 * @param calibration of the probability that none of some labels fits, if the model has one
 * @param explainer opens the same model as one that tells reasons
 * @param index made by this model, if there are images to search
 */
public record ServedModel(String name, Clip clip, String template, Optional<Calibration> calibration,
        Supplier<Explainer> explainer,
        Optional<ImageIndex> index) {}
