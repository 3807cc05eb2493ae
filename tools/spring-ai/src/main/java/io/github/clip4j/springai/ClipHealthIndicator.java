package io.github.clip4j.springai;

import io.github.clip4j.Clip;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up if the model embeds: a word of three tokens, some milliseconds. A model without texts is up if it is open. */
final class ClipHealthIndicator extends AbstractHealthIndicator {
    private final Clip clip;
    private final String model;

    ClipHealthIndicator(Clip clip, String model) {
        super("CLIP cannot embed");
        this.clip = clip;
        this.model = model;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        if (clip.model().config().hasText()) {
            clip.embedTexts(List.of("a"));
        }
        health.up().withDetail("model", model).withDetail("dimensions", clip.dimension())
                .withDetail("kernels", clip.kernels());
    }
}
