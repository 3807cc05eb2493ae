package io.github.clip4j.train.data;

import io.github.clip4j.image.RgbImage;
import io.github.clip4j.tokenizer.ClipTokenizer;
import io.github.clip4j.tokenizer.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** A small data set in a folder, written by the test itself. */
final class DataFolder {
    static final CaptionTokenizer TOKENIZER = new CaptionTokenizer(ClipTokenizer.clip(Variant.TRANSFORMERS), 12, false);
    private static final List<String> LABELS = List.of("beach", "port", "bareland");

    private DataFolder() {}

    /** Images 0 to n - 1 of random pixels and sizes; image i has i % 3 + 1 captions, all different. */
    static CaptionedImages write(Path folder, int n, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Files.createDirectory(folder.resolve("images"));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < n; i++) {
            int width = random.nextInt(5, 60);
            int height = random.nextInt(5, 60);
            byte[] pixels = new byte[3 * width * height];
            random.nextBytes(pixels);
            String name = "images/" + LABELS.get(i % LABELS.size()) + "_" + i + ".png";
            new RgbImage(width, height, pixels).writePng(folder.resolve(name));
            lines.append("{\"filename\": \"").append(name).append("\", \"captions\": [");
            for (int c = 0; c <= i % 3; c++) {
                lines.append(c == 0 ? "" : ", ").append("\"number ").append(i).append(" text ").append(c).append('"');
            }
            lines.append("]}\n");
        }
        Path file = Files.writeString(folder.resolve("train.jsonl"), lines);
        return CaptionedImages.read(file, folder, TOKENIZER);
    }

    static String text(int[] ids) {
        return TOKENIZER.tokenizer().decode(ids);
    }
}
