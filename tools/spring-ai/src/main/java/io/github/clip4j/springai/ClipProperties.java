package io.github.clip4j.springai;

import io.github.clip4j.ClipOptions;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What {@code spring.ai.clip4j} may say.
 *
 * @param model a model folder or file, or a name on the Hugging Face hub, which is fetched unless it is in the cache
 * @param threads that all work of the model is spread over; as many as there are processors if it is not given
 * @param truncate whether texts longer than the model's context are cut off; otherwise they are errors
 */
@ConfigurationProperties("spring.ai.clip4j")
public record ClipProperties(String model, Integer threads, boolean truncate) {
    ClipOptions options() {
        ClipOptions options = ClipOptions.DEFAULT.withTruncate(truncate);
        return threads == null ? options : options.withThreads(threads);
    }

    /** The model in responses, observations and health; a {@code Clip} that the application opened itself has none. */
    String name() {
        return model == null ? ClipEmbeddingModel.PROVIDER : model;
    }
}
