package example;

import io.github.clip4j.Clip;
import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.Prediction;
import java.nio.file.Path;
import java.util.List;

/** Classifies an image and compares it with a sentence: MODEL IMAGE. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Path file = Path.of(args[1]);
        try (Clip clip = Clip.open(args[0])) { // a path or a name on the hub
            LabelEmbeddings labels = clip.embedLabels(List.of("beach", "forest", "airport"), List.of("a photo of a {}"));
            for (Prediction prediction : clip.classify(file, labels)) {
                System.out.println(prediction.label() + " " + prediction.probability());
            }
            float[] image = clip.embedImage(file);
            float[] text = clip.embedTexts(List.of("a beach seen from above")).getFirst();
            System.out.println(Clip.similarity(image, text));
        }
    }
}
