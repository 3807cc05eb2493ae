package io.github.clip4j.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.clip4j.cli.Run;
import io.github.clip4j.cli.TestData;
import io.github.clip4j.cli.shared.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a data set whose names and prompts try to break out of the page. */
class EvaluationReportTest {
    /** Written to the page by a script of the test's: how wide each picture is. */
    private static final String MEASURE = """
            <script>addEventListener('load', () =>
              document.body.dataset.widths = [...document.images].map(image => image.naturalWidth))</script>
            </body>""";

    @TempDir
    static Path folder;
    private static String html;

    @BeforeAll
    static void write() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String name = List.of("<script>alert(1)<&script>", "'\"&amp;", "plain").get(i % 3) + "_" + i + ".png";
            TestData.image(folder.resolve(name), i);
            lines.add(Json.object(line -> {
                line.writeStringField("filename", name);
                line.writeStringField("caption", name);
            }));
        }
        Path data = Files.write(folder.resolve("data.jsonl"), lines);
        Path report = folder.resolve("report.html");
        Path model = TestData.model(folder.resolve("model"));
        Run run = Run.clip("evaluate", "--data", data, "--model", model, "--report", report, "--second-data", data,
                "--template", "{}</td><img src=http://localhost/x>");
        assertEquals(0, run.exitCode(), run.err());
        html = Files.readString(report);
    }

    @Test
    void namesAreEscapedAndNothingComesFromElsewhere() {
        assertFalse(html.contains("<script"), "a script");
        assertFalse(html.contains("<img src"), "a picture of the template");
        assertTrue(html.contains("&lt;script&gt;alert(1)&lt;&amp;script&gt;"), "a class name");
        Matcher addresses = Pattern.compile("(src|href)=\"(?!data:image/jpeg;base64,)|url\\(|@import").matcher(html);
        assertFalse(addresses.find(), () -> "refers to " + html.substring(addresses.start()).lines().findFirst());
    }

    @Test
    void chromiumShowsThePicturesWithoutAnError() throws IOException, InterruptedException {
        String chromium = chromium();
        Run shown = open(chromium, html);
        assertFalse(shown.err().contains(":CONSOLE"), shown.err());
        String measured = html.replaceFirst("<meta http-equiv=\"Content-Security-Policy\".*", "")
                .replace("</body>", MEASURE);
        Matcher widths = Pattern.compile("data-widths=\"([\\d,]*)\"").matcher(open(chromium, measured).out());
        assertTrue(widths.find(), "the script of the test did not run");
        int pictures = html.split("<img ", -1).length - 1;
        assertTrue(pictures >= 15, "only " + pictures + " pictures");
        assertEquals(String.join(",", Collections.nCopies(pictures, "60")), widths.group(1));
    }

    /** That the test above would notice. */
    @Test
    void chromiumTellsWhatThePolicyForbids() throws IOException, InterruptedException {
        String broken = html.replace("</body>", "<script>console.log(1)</script></body>");
        Run shown = open(chromium(), broken);
        assertTrue(shown.err().contains(":CONSOLE"), shown.err());
    }

    private static String chromium() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(path -> Path.of(path, "chromium"))
                .filter(Files::isExecutable).map(Path::toString).findFirst()
                .orElseGet(() -> abort("no chromium on the PATH"));
    }

    /** The page after it was loaded, and what the browser logged. */
    private static Run open(String chromium, String page) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("page.html"), page);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        int exitCode = new ProcessBuilder(chromium, "--headless=new", "--no-sandbox", "--disable-gpu",
                "--user-data-dir=" + folder.resolve("profile"), "--enable-logging=stderr", "--dump-dom",
                file.toUri().toString()).redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
        Run run = new Run(exitCode, Files.readString(out), Files.readString(err));
        assertEquals(0, exitCode, run.err());
        return run;
    }
}
