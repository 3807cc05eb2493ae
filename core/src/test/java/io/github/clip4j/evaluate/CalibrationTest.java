package io.github.clip4j.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.LabelEmbeddings;
import io.github.clip4j.checkpoint.Calibration;
import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.kernels.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationTest {
    private static final Kernels KERNELS = Kernels.create(2);
    private static final int CLASSES = 12;

    @TempDir
    private Path folder;

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    /** Classes are axes, so that the elements of an image are its scores. */
    private static LabelEmbeddings axes() {
        List<float[]> axes = new ArrayList<>();
        for (int c = 0; c < CLASSES; c++) {
            axes.add(new float[CLASSES]);
            axes.getLast()[c] = 1;
        }
        return new LabelEmbeddings(IntStream.range(0, CLASSES).mapToObj(c -> "class " + c).toList(), axes);
    }

    private static CalibrationFit fit(double own, double others, double deviation, float logitScale) {
        Random random = new Random(4);
        List<float[]> images = new ArrayList<>();
        int[] expected = random.ints(2000, 0, CLASSES).toArray();
        for (int image : expected) {
            float[] scores = new float[CLASSES];
            for (int c = 0; c < CLASSES; c++) {
                scores[c] = (float) ((c == image ? own : others) + deviation * random.nextGaussian());
            }
            images.add(scores);
        }
        return new CalibrationFit(images, expected, axes(), logitScale, KERNELS);
    }

    /**
     * Scores of right and wrong labels that are normal with the same variance are a logistic regression's: the
     * logarithm of right to wrong is {@code (own - others) / deviation² * score} and a constant, so that is s / T, and
     * both are as likely in the middle.
     */
    @ParameterizedTest
    @CsvSource({"0.6,0.2,0.1,10", "0.6,0.2,0.2,40", "0.3,0.2,0.03,100", "0.28,0.2,0.05,100"})
    void findsTheTemperatureOfNormalScores(double own, double others, double deviation, float logitScale) {
        CalibrationFit fit = fit(own, others, deviation, logitScale);
        Calibration calibration = fit.fit();
        double weight = (own - others) / (deviation * deviation);
        assertEquals(logitScale / weight, calibration.temperature(), 0.07 * logitScale / weight);
        double middle = (own + others) / 2;
        assertEquals(middle, calibration.none(), 0.03 * (own - others));
        Reliability reliability = fit.crossCheck();
        assertEquals(4000, reliability.answers());
        assertTrue(reliability.error() < 0.025, "error " + reliability.error());
    }

    @Test
    void whatMakesNoMistakesIsCalibratedToo() {
        Calibration calibration = fit(0.9, 0.1, 0.001, 100).fit();
        assertTrue(calibration.none() > 0.1 && calibration.none() < 0.9, calibration.toString());
    }

    @Test
    void aModelThatIsAlwaysWrongCannotBeCalibrated() {
        assertThrows(IllegalArgumentException.class, () -> fit(0.2, 0.6, 0.1, 10).fit());
    }

    @Test
    void reliabilityByHand() {
        Reliability reliability = Reliability.of(new double[]{0.01, 0.5, 0.5, 0.52, 1, 1},
                new boolean[]{false, true, false, false, true, true});
        assertEquals(List.of(0, 7, 14), reliability.bins().stream().map(Reliability.Bin::index).toList());
        assertEquals(0.5, reliability.accuracy(), 1e-12);
        // 1 * 0.01 + 3 * |1/3 - 1.52/3| + 2 * 0, of 6
        assertEquals((0.01 + 0.52) / 6, reliability.error(), 1e-12);
    }

    @Test
    void isReadAsItWasWritten() throws IOException {
        assertEquals(Optional.empty(), Calibration.of(folder));
        Calibration calibration = new Calibration(0.93, 0.61);
        calibration.write(folder.resolve(Calibration.FILE));
        assertEquals(Optional.of(calibration), Calibration.of(folder));
        assertEquals(Optional.of(calibration), Calibration.of(Files.writeString(folder.resolve("model.pt"), "")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"temperature": 0, "none": 0.5}    | temperature: expected a number above 0, found 0.0
            {"temperature": 1, "none": 1.5}    | none: expected a cosine from -1 to 1, found 1.5
            {"temperature": 1}                 | none: expected a finite number, found nothing
            {"temperature": "1", "none": 0.5}  | temperature: expected a number, found "1"
            {"temperature": NaN, "none": 0.5}  | temperature: expected a finite number, found NaN
            [1, 2]                             | expected a JSON object
            """)
    void brokenFilesAreRefused(String content, String message) throws IOException {
        Path file = Files.writeString(folder.resolve(Calibration.FILE), content);
        String found = assertThrows(CheckpointException.class, () -> Calibration.of(folder)).getMessage();
        assertTrue(found.startsWith(file + ": ") && found.contains(message), found);
    }
}
