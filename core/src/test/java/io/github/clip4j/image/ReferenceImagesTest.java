package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The crops of the reference images against transformers', equal in every bit. */
class ReferenceImagesTest {
    @Test
    void cropsEqualTransformers() throws IOException {
        Path folder = TestImages.reference();
        JsonNode index = new ObjectMapper().readTree(folder.resolve("index.json").toFile());
        assertEquals(41, index.size(), "images in the index");
        assertAll(index.valueStream().map(entry -> () -> check(folder, entry)));
    }

    private static void check(Path folder, JsonNode entry) {
        String file = entry.get("file").asText();
        RgbImage image = new ImageDecoder().decode(folder.resolve("images").resolve(file));
        assertEquals(entry.get("width").asInt(), image.width(), file);
        assertEquals(entry.get("height").asInt(), image.height(), file);
        for (JsonNode size : entry.get("sizes")) {
            Preprocessing settings = new Preprocessing(size.asInt(), size.asInt(), Centering.DOWN, 1 / 255.0,
                    Preprocessing.CLIP.mean(), Preprocessing.CLIP.std());
            Path png = folder.resolve("expected").resolve(file + "." + size.asInt() + ".png");
            byte[] expected = new ImageDecoder().decode(png).pixels();
            byte[] actual = new ImagePreprocessor(settings).crop(image).pixels();
            assertArrayEquals(expected, actual, file + ", size " + size);
        }
    }
}
