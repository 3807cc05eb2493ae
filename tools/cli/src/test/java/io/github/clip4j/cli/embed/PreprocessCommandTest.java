package io.github.clip4j.cli.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImagePreprocessor;
import io.github.clip4j.image.Preprocessing;
import io.github.clip4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreprocessCommandTest {
    @TempDir
    Path folder;

    @Test
    void writesTheCrop() throws IOException {
        Path image = TestData.image(folder.resolve("a.png"), 3);
        Path broken = Files.writeString(folder.resolve("b.png"), "GIF8");
        Run run = Run.clip("preprocess", broken, image, "--output", folder.resolve("new/crops"), "--size", 17);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("b.png: is a "), run.err());
        Path crop = folder.resolve("new/crops/a.png.png");
        assertEquals(crop + "\n", run.out());
        RgbImage expected = new ImagePreprocessor(Preprocessing.CLIP.withSize(17))
                .crop(new ImageDecoder().decode(image));
        assertArrayEquals(expected.pixels(), new ImageDecoder().decode(crop).pixels());
    }

    @Test
    void anInputIsNeverOverwritten() throws IOException {
        Path image = TestData.image(folder.resolve("a.png"), 4);
        Path other = TestData.image(folder.resolve("a.png.png"), 5);
        Run run = Run.clip("preprocess", image, other, "--output", folder);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("would overwrite the input " + other), run.err());
    }

    @Test
    void aReferenceImageIsCroppedAsByTransformers() {
        Path image = TestData.shared("reference/preprocess/images/flower.jpg");
        Path png = TestData.shared("reference/preprocess/images/pil123rgba.png");
        assertEquals(0, Run.clip("preprocess", image, png, "--output", folder, "--size", 96).exitCode());
        for (Path input : new Path[]{image, png}) {
            String name = input.getFileName().toString();
            byte[] expected = new ImageDecoder()
                    .decode(TestData.shared("reference/preprocess/expected/" + name + ".96.png")).pixels();
            assertArrayEquals(expected, new ImageDecoder().decode(folder.resolve(name + ".png")).pixels(), name);
        }
    }
}
