package io.github.clip4j.checkpoint;

import static io.github.clip4j.checkpoint.SafetensorsBytes.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.kernels.Activation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipConfigTest {
    @TempDir
    Path folder;

    @Test
    void referenceConfig() {
        ClipConfig config = ClipConfig.read(Shared.path("reference/models/gelu-odd-sizes/config.json"));
        assertEquals(new ClipConfig(
                new VisionConfig(new TowerConfig(72, 200, 4, 3, Activation.GELU, 1e-6f), 42, 14, 3),
                new TextConfig(new TowerConfig(56, 150, 2, 7, Activation.GELU, 1e-6f), 333, 20, 332), 24), config);
        assertFalse(config.text().legacyEndOfText());
        assertTrue(ClipConfig.read(Shared.path("reference/models/legacy-eos/config.json")).text().legacyEndOfText());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    {}
                    {"model_type": "clip", "text_config": null, "vision_config": null, "text_config_dict": null}
                    {"text_config": {}, "vision_config": {"hidden_size": null, "hidden_act": null}, "projection_dim": null}
                    {"text_config": {"hidden_size": 64}, "text_config_dict": {}, "vision_config_dict": {"projection_dim": 7}}
                    {"initializer_factor": NaN, "vision_config": {"initializer_range": Infinity}, "logit_scale_init_value": -Infinity}
                    """)
    void whatIsMissingIsVitB32(String json) throws IOException {
        assertEquals(ClipConfig.VIT_B_32, read(json));
    }

    @Test
    void oldSectionsWinAsAWhole() throws IOException {
        ClipConfig config = read("""
                {"text_config": {"hidden_size": 64, "vocab_size": 100, "eos_token_id": 2},
                 "text_config_dict": {"hidden_size": 128}, "projection_dim": 32}""");
        assertEquals(128, config.text().tower().hidden());
        assertEquals(49408, config.text().vocabularySize());
        assertEquals(49407, config.text().endTokenId());
        assertEquals(32, config.projection());
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Path file = folder.resolve("config.json");
        for (ClipConfig config : new ClipConfig[]{ClipConfig.VIT_B_32, Configs.TINY}) {
            config.write(file);
            assertEquals(config, ClipConfig.read(file));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    {"model_type": "siglip"}                           | model_type: expected "clip", "clip_vision_model" or "clip_text_model", found "siglip"
                    {"model_type": 7}                                  | model_type: expected a string, found 7
                    {"projection_dim": NaN}                            | projection_dim: expected an integer below 2^31, found NaN
                    {"text_config": {"layer_norm_eps": Infinity}}      | text_config.layer_norm_eps: expected a finite number, found Infinity
                    {"projection_dim": +1}                             | JSON spec does not allow numbers to have plus signs
                    {"projection_dim": 0}                              | projection_dim: expected 1 to 16384, found 0
                    {"text_config": []}                                | text_config: expected an object, found an array
                    {"text_config": {"hidden_size": -512}}             | text_config.hidden_size: expected 1 to 16384, found -512
                    {"text_config": {"hidden_size": 512.0}}            | text_config.hidden_size: expected an integer below 2^31, found 512.0
                    {"text_config": {"hidden_size": 5000000000}}       | text_config.hidden_size: expected an integer below 2^31, found 5000000000
                    {"text_config": {"hidden_size": "512"}}            | text_config.hidden_size: expected an integer below 2^31, found "512"
                    {"text_config_dict": {"num_attention_heads": 7}}   | text_config_dict.hidden_size: expected a multiple of num_attention_heads 7, found 512
                    {"text_config": {"num_hidden_layers": 2000000000}} | text_config.num_hidden_layers: expected 1 to 1024
                    {"text_config": {"vocab_size": 5000000}}           | text_config.vocab_size x hidden_size: expected a product below 2^31, found 2560000000
                    {"text_config": {"eos_token_id": -1}}              | text_config.eos_token_id: expected 0 or more, found -1
                    {"text_config": {"eos_token_id": [1, 2]}}          | text_config.eos_token_id: expected an integer below 2^31, found an array
                    {"vision_config": {"hidden_act": "relu"}}          | vision_config.hidden_act: expected "quick_gelu" or "gelu", found "relu"
                    {"vision_config": {"layer_norm_eps": 0}}           | vision_config.layer_norm_eps: expected a number between 0 and 1, found 0.0
                    {"vision_config": {"layer_norm_eps": 1e999}}       | vision_config.layer_norm_eps: expected a finite number
                    {"vision_config": {"patch_size": 225}}             | vision_config.patch_size: expected 1 to 224, found 225
                    {"vision_config": {"image_size": 65, "patch_size": 1}} | vision_config.(image_size / patch_size)^2: expected 1 to 4096, found 4225
                    {"vision_config": {"image_size": 2000000000}}      | vision_config.image_size: expected 1 to 2048, found 2000000000
                    {"vision_config": {"num_channels": 64, "hidden_size": 12288, "image_size": 2048, "patch_size": 2048}} | vision_config.hidden_size x num_channels x patch_size^2: expected a product below 2^31
                    {"text_config": {"max_position_embeddings": 100000}} | text_config.max_position_embeddings: expected 1 to 4096, found 100000
                    {"vision_config": {"image_size": [224, 224]}}      | vision_config.image_size: expected an integer below 2^31, found an array
                    {"vision_config": {"num_channels": 0}}             | vision_config.num_channels: expected 1 to 64, found 0
                    {"projection_dim": 1, "projection_dim": 2}         | line 1, column 39: Duplicate field 'projection_dim'
                    {"projection_dim": 1,}                             | line 1, column
                    {"projection_dim": 1                               | breaks off
                    []                                                 | expected a JSON object
                    {} {}                                              | nothing after the end
                    """)
    void badConfigsAreNamed(String json, String message) {
        assertMessage(folder.resolve("config.json").toString(), message,
                assertThrows(CheckpointException.class, () -> read(json)));
    }

    @Test
    void mutatedConfigsGiveAConfigOrTheException() throws IOException {
        Path file = folder.resolve("config.json");
        Configs.TINY.write(file);
        byte[] valid = Files.readAllBytes(file);
        for (int seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = valid.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) "0123456789-{}[]\",:. en\u0000\u00ff"
                        .charAt(random.nextInt(24));
            }
            Files.write(file, bytes);
            try {
                ClipConfig.read(file);
            } catch (CheckpointException e) {
                assertMessage(file.toString(), ":", e);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": " + new String(bytes, StandardCharsets.ISO_8859_1), e);
            }
        }
    }

    private ClipConfig read(String json) throws IOException {
        return ClipConfig.read(Files.writeString(folder.resolve("config.json"), json));
    }
}
