package io.github.clip4j.cli.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class RunChartTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 31, 5000})
    void everythingIsInsideThePicture(int steps) throws Exception {
        List<Measurement> run = new ArrayList<>();
        for (int step = 1; step <= steps; step++) {
            run.add(new Measurement(step, new LinkedHashMap<>(Map.of("loss", 5.0 / step + step % 3 * 0.1,
                    "image_accuracy", 1 - 1.0 / step))));
            if (step % 31 == 0 || step == steps) {
                run.add(new Measurement(step, new LinkedHashMap<>(Map.of("validation_loss", 5.5 / step))));
            }
        }
        Document svg = parse(RunChart.svg(run));
        double width = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
        NodeList lines = svg.getElementsByTagName("polyline");
        assertEquals(steps == 0 ? 0 : 3, lines.getLength(), "loss, validation loss, accuracy");
        for (int i = 0; i < lines.getLength(); i++) {
            String[] points = ((Element) lines.item(i)).getAttribute("points").strip().split(" ");
            assertTrue(points.length <= 400 && points.length >= Math.min(steps, 1), points.length + " points");
            double before = 0;
            for (String point : points) {
                double x = Double.parseDouble(point.split(",")[0]);
                double y = Double.parseDouble(point.split(",")[1]);
                assertTrue(x >= before && x <= width && y >= 40 && y <= 220, "line " + i + ": " + point);
                before = x;
            }
        }
        NodeList texts = svg.getElementsByTagName("text");
        assertTrue(texts.getLength() >= 6 && texts.getLength() < 50, texts.getLength() + " texts");
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}
