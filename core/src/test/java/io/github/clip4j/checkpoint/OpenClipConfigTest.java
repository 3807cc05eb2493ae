package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.image.Centering;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.kernels.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenClipConfigTest {
    @TempDir
    private Path folder;

    private OpenClipConfig read(String json) throws IOException {
        return OpenClipConfig.read(Files.writeString(folder.resolve("open_clip_config.json"), json));
    }

    /** ViT-bigG-14 as open_clip 3.3 has it, with what its hub repositories add. */
    @Test
    void everyFieldThatIsRun() throws IOException {
        OpenClipConfig big = read("""
                {"model_cfg": {"embed_dim": 1280, "quick_gelu": true, "init_logit_scale": 2.6, "custom_text": false,
                  "vision_cfg": {"image_size": [224, 224], "layers": 48, "width": 1664, "head_width": 104,
                    "mlp_ratio": 4.9231, "patch_size": 14, "patch_dropout": 0.5, "timm_model_name": null,
                    "pool_type": "tok", "norm_kwargs": {"eps": 1e-6}, "no_ln_pre": false},
                  "text_cfg": {"context_length": 64, "vocab_size": 49408, "width": 1280, "heads": 20, "layers": 32,
                    "pool_type": "argmax", "proj_type": "linear", "hf_tokenizer_name": null}},
                 "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.1, 0.2, 0.3], "interpolation": "random",
                    "resize_mode": "shortest", "size": 224, "fill_color": 0}}""");
        assertEquals(new ClipConfig(
                new VisionConfig(new TowerConfig(1664, 8192, 48, 16, Activation.QUICK_GELU, 1e-6f), 224, 14, 3),
                new TextConfig(new TowerConfig(1280, 5120, 32, 20, Activation.QUICK_GELU, 1e-5f), 49408, 64, 2), 1280),
                big.config());
        assertEquals(
                new Preprocessing(224, 224, Centering.HALF_EVEN, 1 / 255.0, List.of(0.5, 0.4, 0.3),
                        List.of(0.1, 0.2, 0.3)),
                big.preprocessing());
    }

    @Test
    void missingFieldsAreOpenClips() throws IOException {
        OpenClipConfig plain = read("{\"model_cfg\": {\"embed_dim\": 512}}");
        assertEquals(new ClipConfig(
                new VisionConfig(new TowerConfig(768, 3072, 12, 12, Activation.GELU, 1e-5f), 224, 16, 3),
                new TextConfig(new TowerConfig(512, 2048, 12, 8, Activation.GELU, 1e-5f), 49408, 77, 2), 512),
                plain.config());
        assertEquals(Preprocessing.CLIP.with(Centering.HALF_EVEN), plain.preprocessing());
    }

    /** What would run as another model than the one that is meant. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            vision_cfg | {"layers": [3, 4, 6, 3]}             | vision_cfg.layers: expected a number of layers
            vision_cfg | {"timm_model_name": "vit_x"}         | vision_cfg.timm_model_name
            vision_cfg | {"ls_init_value": 0.1}               | vision_cfg.ls_init_value
            vision_cfg | {"pool_type": "avg"}                 | vision_cfg.pool_type
            vision_cfg | {"attentional_pool": true}           | vision_cfg.attentional_pool
            vision_cfg | {"no_ln_pre": true}                  | vision_cfg.no_ln_pre
            vision_cfg | {"pos_embed_type": "sin_cos_2d"}     | vision_cfg.pos_embed_type
            vision_cfg | {"act_kwargs": {"approximate": "tanh"}} | vision_cfg.act_kwargs
            vision_cfg | {"norm_kwargs": {"elementwise_affine": "x"}} | vision_cfg.norm_kwargs.elementwise_affine
            vision_cfg | {"head_width": 0}                    | vision_cfg.head_width
            vision_cfg | {"width": 60, "head_width": 64}      | vision_cfg.head_width
            vision_cfg | {"image_size": [224, 336]}           | vision_cfg.image_size
            text_cfg   | {"hf_model_name": "roberta-base"}    | text_cfg.hf_model_name
            text_cfg   | {"hf_tokenizer_name": "x/y"}         | text_cfg.hf_tokenizer_name
            text_cfg   | {"pool_type": "last"}                | text_cfg.pool_type
            text_cfg   | {"no_causal_mask": true}             | text_cfg.no_causal_mask
            text_cfg   | {"embed_cls": true}                  | text_cfg.embed_cls
            text_cfg   | {"proj_type": "none"}                | text_cfg.proj_type
            text_cfg   | {"proj_bias": true}                  | text_cfg.proj_bias
            text_cfg   | {"tokenizer_kwargs": {"clean": "x"}} | text_cfg.tokenizer_kwargs
            text_cfg   | {"qk_norm": true}                    | text_cfg.qk_norm
            multimodal_cfg | {"width": 4}                     | model_cfg.multimodal_cfg
            init_logit_bias | -10                             | model_cfg.init_logit_bias
            """)
    void whatIsNotRunIsNamed(String field, String value, String message) {
        assertRefused("{\"model_cfg\": {\"embed_dim\": 512, \"%s\": %s}}".formatted(field, value), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "interpolation": "bilinear" | preprocess_cfg.interpolation: expected "bicubic", found "bilinear"
            "resize_mode": "squash"     | preprocess_cfg.resize_mode: expected "shortest", found "squash"
            "mode": "L"                 | preprocess_cfg.mode
            "size": 336                 | preprocess_cfg.size: expected the model's image_size 224, found 336
            "std": [0.1, 0, 0.1]        | preprocess_cfg.std
            "mean": [0.1, 0.2]          | preprocess_cfg.mean
            """)
    void pictureSettingsThatAreNotRun(String field, String message) {
        assertRefused("{\"model_cfg\": {\"embed_dim\": 512}, \"preprocess_cfg\": {%s}}".formatted(field), message);
    }

    private void assertRefused(String json, String message) {
        CheckpointException e = assertThrows(CheckpointException.class, () -> read(json));
        assertTrue(e.getMessage().contains("open_clip_config.json: ") && e.getMessage().contains(message),
                e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }
}
