package io.github.clip4j.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class ComparisonTest {
    /** Two pieces of work, made up; the rounds out of order, one of them far off. */
    private static final Comparison COMPARISON = new Comparison(List.of("clip4j", "Other 1", "Another 2"),
            List.of(new Comparison.Row("images/s", 32, false, 160, new double[][]{{2, 9, 1}, {3, 2, 90}, {5, 5, 4}}),
                    new Comparison.Row("one, ms", 4, true, 10, new double[][]{{.3, .1}, {.4, .4}, {.05, .15}})),
            100);

    @Test
    void tableHasMediansRatiosAndShare() {
        assertEquals("""
                | work | clip4j | Other 1 | Another 2 | against Other 1 | against Another 2 | share of FMA peak |
                |---|--:|--:|--:|--:|--:|--:|
                | images/s | 16.0 | 10.7 | 6.4 | 1.50 × | 2.50 × | 80 % |
                | one, ms | 50.0 | 100.0 | 25.0 | 2.00 × | 0.50 × | 50 % |
                """, COMPARISON.markdown());
    }

    @Test
    void barsAreAsLongAsPeersAreFast() throws Exception {
        Document svg = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(COMPARISON.svg().getBytes(StandardCharsets.UTF_8)));
        double[] widths = IntStream.range(0, 6).mapToObj(svg.getElementsByTagName("rect")::item)
                .mapToDouble(bar -> Double.parseDouble(((Element) bar).getAttribute("width"))).toArray();
        // the longest is 4 times as fast as the second peer and 400 wide
        assertArrayEquals(new double[]{150, 100, 60, 200, 100, 400}, widths);
    }

    @Test
    void textsArePaddedWithTheirEnd() {
        long[] ids = Padding.ids(List.of(new int[]{7, 3, 9}, new int[]{7, 8}), 4);
        assertArrayEquals(new long[]{7, 3, 9, 9, 7, 8, 8, 8}, ids);
    }

    @Test
    void optionsSayWhatIsWrong() {
        String[] needed = {"--model", "m", "--vision", "v", "--text", "t", "--texts", "c"};
        PeerOptions options = PeerOptions.parse(needed);
        assertEquals(new PeerOptions(Path.of("m"), Path.of("v"), Path.of("t"), Path.of("c"),
                Runtime.getRuntime().availableProcessors(), 7, null, null), options);
        assertMessage("--vision is missing", "--model", "m");
        assertMessage("--rounds: no value", "--rounds");
        assertMessage("--round: no such option", "--round", "3");
        assertMessage("--threads 0: expected a number", "--model", "m", "--vision", "v", "--text", "t", "--texts", "c",
                "--threads", "0");
    }

    private static void assertMessage(String start, String... args) {
        String message = assertThrows(IllegalArgumentException.class, () -> PeerOptions.parse(args)).getMessage();
        assertEquals(start, message.substring(0, Math.min(start.length(), message.length())));
    }
}
