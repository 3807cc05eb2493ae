package io.github.clip4j.checkpoint;

import static io.github.clip4j.checkpoint.SafetensorsBytes.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.image.Centering;
import io.github.clip4j.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessingConfigTest {
    @TempDir
    Path folder;

    @Test
    void trainedModel() {
        Preprocessing read = PreprocessingConfig.read(Shared.path("models/rsicd-small/preprocessor_config.json"));
        assertEquals(
                new Preprocessing(128, 128, Centering.DOWN, Preprocessing.CLIP.rescale(), Preprocessing.CLIP.mean(),
                        Preprocessing.CLIP.std()),
                read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}",
            "{\"size\": 224, \"crop_size\": 224, \"feature_extractor_type\": \"CLIPFeatureExtractor\"}",
            "{\"size\": {\"shortest_edge\": 224}, \"crop_size\": {\"height\": 224, \"width\": 224}, \"resample\": 3}",
            "{\"size\": null, \"do_resize\": null, \"image_mean\": null, \"rescale_factor\": 0.00392156862745098}"})
    void formsOfClipsOwn(String json) throws IOException {
        assertEquals(Preprocessing.CLIP, read(json));
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        for (Centering centering : Centering.values()) {
            Preprocessing preprocessing = new Preprocessing(96, 80, centering, 0.01, List.of(0.1, -0.2, 0.0),
                    List.of(1.0, 2.0, 1e-3));
            Path file = folder.resolve("preprocessor_config.json");
            PreprocessingConfig.write(preprocessing, file);
            assertEquals(preprocessing, PreprocessingConfig.read(file));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    {"size": {"height": 224, "width": 224}}      | size: expected shortest_edge and nothing else, found an object
                    {"size": {"shortest_edge": 224, "longest_edge": 300}} | size: expected shortest_edge and nothing else
                    {"size": {"shortest_edge": null}}            | size: expected shortest_edge
                    {"size": {"shortest_edge": 0}}               | size.shortest_edge: expected 1 to 2048 pixels, found 0
                    {"size": -1}                                 | size: expected 1 to 2048 pixels, found -1
                    {"size": 2000000000}                         | size: expected 1 to 2048 pixels, found 2000000000
                    {"size": [224]}                              | size: expected an integer below 2^31, found an array
                    {"crop_size": {"height": 224}}               | crop_size.width: expected 1 to 2048 pixels, found nothing
                    {"crop_size": {"height": 224, "width": 100}} | crop_size.width: expected the height 224, found 100
                    {"crop_size": 225}                           | crop_size: expected at most the size 224, found 225
                    {"resample": 2}                              | resample: expected 3 (bicubic), found 2
                    {"do_resize": false}                         | do_resize: expected true
                    {"do_center_crop": false}                    | do_center_crop: expected true
                    {"do_normalize": false}                      | do_normalize: expected true
                    {"do_rescale": false}                        | do_rescale: expected true
                    {"do_convert_rgb": false}                    | do_convert_rgb: expected true
                    {"do_resize": 1}                             | do_resize: expected true or false, found 1
                    {"image_processor_type": "SiglipImageProcessor"} | image_processor_type: expected a processor of CLIP
                    {"image_mean": [0.5, 0.5]}                   | image_mean: expected three finite numbers, found an array
                    {"image_mean": [0.5, 0.5, "x"]}              | image_mean: expected an array of numbers, found an array
                    {"image_mean": 0.5}                          | image_mean: expected an array of numbers, found 0.5
                    {"image_std": [0.5, 0.5, 0]}                 | image_std: expected three positive numbers
                    {"image_std": [0.5, 0.5, 1e999]}             | image_std: expected three finite numbers
                    {"rescale_factor": 0}                        | rescale_factor: expected a positive number, found 0
                    {"size" 224}                                 | line 1, column
                    """)
    void badFilesAreNamed(String json, String message) {
        assertMessage(folder.resolve("preprocessor_config.json").toString(), message,
                assertThrows(CheckpointException.class, () -> read(json)));
    }

    private Preprocessing read(String json) throws IOException {
        return PreprocessingConfig.read(Files.writeString(folder.resolve("preprocessor_config.json"), json));
    }
}
