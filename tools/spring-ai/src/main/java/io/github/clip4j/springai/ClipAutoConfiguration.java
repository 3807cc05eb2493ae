package io.github.clip4j.springai;

import io.github.clip4j.Clip;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.embedding.DocumentEmbeddingModel;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One {@link Clip}, closed with the context, and the models of Spring AI on it. */
@AutoConfiguration
@EnableConfigurationProperties(ClipProperties.class)
public class ClipAutoConfiguration {
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Clip clip(ClipProperties properties) {
        if (properties.model() == null || properties.model().isBlank()) {
            throw new IllegalStateException("spring.ai.clip4j.model: expected a model folder or a name such as "
                    + "openai/clip-vit-base-patch32, found nothing");
        }
        return Clip.open(properties.model(), properties.options());
    }

    @Bean
    @ConditionalOnMissingBean(EmbeddingModel.class)
    @ConditionalOnProperty(name = "spring.ai.model.embedding", havingValue = ClipEmbeddingModel.PROVIDER,
            matchIfMissing = true)
    ClipEmbeddingModel clipEmbeddingModel(Clip clip, ClipProperties properties,
            ObjectProvider<ObservationRegistry> observations) {
        return new ClipEmbeddingModel(clip, properties.name(),
                observations.getIfUnique(() -> ObservationRegistry.NOOP));
    }

    @Bean
    @ConditionalOnMissingBean(DocumentEmbeddingModel.class)
    @ConditionalOnProperty(name = "spring.ai.model.embedding.multimodal", havingValue = ClipEmbeddingModel.PROVIDER,
            matchIfMissing = true)
    ClipDocumentEmbeddingModel clipDocumentEmbeddingModel(Clip clip, ClipProperties properties) {
        return new ClipDocumentEmbeddingModel(clip, properties.name());
    }

    /** Where the application has health at all. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class Health {
        @Bean
        @ConditionalOnMissingBean(name = "clip4jHealthIndicator")
        HealthIndicator clip4jHealthIndicator(Clip clip, ClipProperties properties) {
            return new ClipHealthIndicator(clip, properties.name());
        }
    }
}
