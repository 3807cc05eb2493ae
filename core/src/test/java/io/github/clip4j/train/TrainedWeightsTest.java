package io.github.clip4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.Parameters;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainedWeightsTest {
    private static final ClipConfig CONFIG = ClipConfig.VIT_B_32;

    private static List<String> trained(String words) {
        Predicate<String> trained = TrainedWeights.parse(words, CONFIG);
        return Parameters.shapes(CONFIG).keySet().stream().filter(trained).toList();
    }

    /** A block has 16 tensors; a tower 12 blocks, embeddings, layer norms and a projection. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            all                              | 398
            vision                           | 200
            text                             | 197
            vision, text, logit_scale        | 398
            projections                      | 2
            logit_scale                      | 1
            vision.layers>=10                | 35
            text.layers>=11                  | 19
            vision.layers>=0                 | 195
            text.layers>=0                   | 195
            projections,vision.layers>=11    | 20
            """)
    void counts(String words, int tensors) {
        assertEquals(tensors, trained(words).size(), () -> words + ": " + trained(words));
    }

    @Test
    void theUpperPartOfATower() {
        assertEquals(List.of("vision_model.post_layernorm.weight", "vision_model.post_layernorm.bias",
                "visual_projection.weight"),
                trained("vision.layers>=2").stream().filter(name -> !name.contains("encoder")).toList());
        assertTrue(trained("text.layers>=10").stream().filter(name -> name.contains("encoder"))
                .allMatch(name -> name.matches("text_model\\.encoder\\.layers\\.1[01]\\..*")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vision.layers>=12        | "vision.layers>=12" matches nothing, the layers of the vision tower are 0 to 11
            text.layers>=999999999   | the layers of the text tower are 0 to 11
            visoin                   | "visoin" means nothing; expected all, vision, text,
            all,                     | "" means nothing
            vision.layers>=-1        | "vision.layers>=-1" means nothing
            vision.layers>=9999999999| means nothing
            """)
    void refusals(String words, String part) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> TrainedWeights.parse(words, CONFIG));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
