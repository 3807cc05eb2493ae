package io.github.clip4j.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.clip4j.cli.TestData;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The page in a browser, as a person uses it. */
class PageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;
    private static ChromeDriver browser;
    private static TestServer server;
    private static Path image;

    @BeforeAll
    static void start() throws IOException {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program("chromium"));
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--user-data-dir=" + folder.resolve("profile"));
        ChromeDriverService driver = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(program("chromedriver")))
                .withTimeout(PATIENCE).build();
        server = new TestServer(folder.resolve("server"), TestServer.SETTINGS);
        image = TestData.image(folder.resolve("to drop.png"), 5); // the same as one of the index
        browser = new ChromeDriver(driver, options);
    }

    private static String program(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(path -> Path.of(path, name))
                .filter(Files::isExecutable).map(Path::toString).findFirst()
                .orElseGet(() -> abort("no " + name + " on the PATH"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() {
        browser.manage().window().setSize(new Dimension(1280, 900));
        open(server, "/");
    }

    @AfterEach
    void nothingIsWrongInTheConsole() {
        assertEquals(List.of(), errors());
    }

    /** Severe entries of the console since the last call. */
    private static List<String> errors() {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue()).map(LogEntry::getMessage)
                .toList();
    }

    private static void open(TestServer at, String path) {
        browser.get(at.address(path).toString());
        await(() -> !text("#about").isEmpty() || !browser.findElements(By.cssSelector("dialog[open]")).isEmpty()
                || shown("#error"), "the page");
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition, String what) {
        for (long end = System.nanoTime() + PATIENCE.toNanos(); !holds(condition);) {
            assertTrue(System.nanoTime() < end, () -> "in vain: " + what + "; the status is \"" + text("#status")
                    + "\", the error \"" + text("#error") + "\"");
            browser.executeAsyncScript("setTimeout(arguments[0], 30)");
        }
    }

    private static boolean holds(Condition condition) {
        try {
            return condition.holds();
        } catch (StaleElementReferenceException | NoSuchElementException e) {
            return false; // drawn anew meanwhile
        }
    }

    private static WebElement one(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    private static List<WebElement> all(String selector) {
        return browser.findElements(By.cssSelector(selector));
    }

    private static String text(String selector) {
        return one(selector).getText();
    }

    private static boolean shown(String selector) {
        return one(selector).isDisplayed();
    }

    private static void ask(String mode, String words) {
        one("input[value=" + mode + "]").click();
        one("#text").clear();
        one("#text").sendKeys(words, Keys.ENTER);
    }

    /** Searches by words, and lists what is nearest, which with images of noise hardly fits. */
    private static void askForAll(String words) {
        ask("search", words);
        await(() -> !all("#nearest").isEmpty(), "answers that fit, or none");
        one("#nearest").click();
        awaitResults(".hit", server.index.size());
    }

    private static void awaitResults(String selector, int count) {
        await(() -> all(selector).size() == count, count + " of " + selector);
    }

    /** All pictures are there and can be shown. */
    private static void assertPictures() {
        await(() -> (boolean) browser.executeScript("return [...document.images].filter(i => i.src && i.offsetParent)"
                + ".every(i => i.complete && i.naturalWidth > 0)"), "pictures");
    }

    private static void assertNoSidewaysScrolling() {
        assertEquals(true, browser.executeScript(
                "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
    }

    @Test
    void aSearchIsInTheAddressAndBackGoesBack() {
        askForAll("a cat");
        assertPictures();
        assertTrue(text("#status").matches("\\d+ images, best first, in [\\d.]+ ms"), text("#status"));
        assertTrue(browser.getCurrentUrl().endsWith("?mode=search&q=a+cat&nearest=1"), browser.getCurrentUrl());
        ask("search", "");
        await(() -> text("#error").startsWith("Type what to look for"), "a hint");
        browser.navigate().back();
        awaitResults(".hit", server.index.size());
        assertEquals("a cat", one("#text").getDomProperty("value"));
    }

    @Test
    void aSearchEndsWhereTheAnswersDo() throws IOException, InterruptedException {
        for (String words : List.of("a cat", "a dog", "rain", "the sea at night", "a red car", "snow", "x")) {
            int fitting = server.post("/api/search",
                    "{\"texts\": [\"%s\"], \"minRelevance\": 0.99}".formatted(words)).json().get("hits").size();
            ask("search", words);
            await(() -> !all("#nearest").isEmpty() && all(".hit").size() == fitting, fitting + " that fit " + words);
            assertEquals(fitting == 0 ? List.of("Nothing here fits “" + words + "”.") : List.of(),
                    all("#results .empty").stream().map(WebElement::getText).toList());
        }
    }

    @Test
    void aResultLeadsToMoreByTheKeyboardAlone() {
        askForAll("rain");
        String name = text(".hit .name");
        one("#text").click();
        new Actions(browser).sendKeys(Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB, Keys.ENTER).perform(); // button, box, file, first
        await(() -> shown("#viewer"), "the viewer");
        assertEquals(name, text("#viewer-name"));
        assertPictures();
        browser.switchTo().activeElement().sendKeys(Keys.ESCAPE);
        await(() -> !shown("#viewer"), "the end of the viewer");
        one(".hit").click();
        one("#viewer [data-mode=search]").click();
        await(() -> text("#picked").equals(name) && text(".hit .name").equals(name), "the image itself as the best");
        one(".hit").click();
        one("#viewer [data-mode=classify]").click();
        one("#text").sendKeys("cat, dog, house", Keys.ENTER);
        awaitResults(".bars li", 3);
        one("input[value=find]").click();
        one("#text").clear();
        one("#text").sendKeys("dog", Keys.ENTER);
        awaitResults(".boxes li", 10);
        assertPictures();
    }

    @Test
    void eachPictureOnceIsPartOfTheAddress() {
        askForAll("a red car");
        one("#collapse").click();
        await(() -> browser.getCurrentUrl().endsWith("&nearest=1&collapse=1"), "the box in the address");
        awaitResults(".hit", server.index.size()); // none of the noise is alike
        one("input[value=classify]").click();
        assertFalse(shown("#collapse-field"));
        browser.navigate().back();
        awaitResults(".hit", server.index.size());
        assertFalse(one("#collapse").isSelected());
    }

    @Test
    void whyAResultWasFoundIsToldForItsWords() {
        askForAll("a red car");
        one(".hit").click();
        one("#viewer [data-mode=explain]").click();
        awaitResults(".bars li", 3);
        assertEquals(List.of("a", "red", "car"), all(".bars b").stream().map(WebElement::getText).toList());
        assertPictures();
        assertTrue(text("#status").startsWith("The cosine of image and text is "), text("#status"));
        assertTrue(browser.getCurrentUrl().contains("?mode=explain&q=a+red+car&image="), browser.getCurrentUrl());
        browser.navigate().back();
        awaitResults(".hit", server.index.size());
    }

    @Test
    void aDroppedImageIsClassifiedSearchedAndLookedThrough() throws IOException {
        drop("to drop.png", "image/png", Base64.getEncoder().encodeToString(Files.readAllBytes(image)));
        assertEquals("to drop.png", text("#picked"));
        ask("classify", "cat, dog ,, house with <b>garden</b>");
        awaitResults(".bars li", 3);
        assertPictures();
        assertTrue(text(".bars").contains("house with <b>garden</b>"), text(".bars"));
        ask("find", "dog");
        awaitResults(".boxes li", 10);
        assertPictures();
        one("input[value=search]").click();
        one("#text").clear();
        one("#go").click();
        await(() -> !all(".hit").isEmpty() && text(".hit .name").equals("image 5.png"), "the same image as the best");
        browser.navigate().back();
        awaitResults(".boxes li", 10);
        one("#remove").click();
        one("#go").click();
        await(() -> text("#error").startsWith("Add an image"), "a hint");
    }

    private static void drop(String name, String type, String base64) {
        browser.executeScript("""
                const bytes = Uint8Array.from(atob(arguments[2]), c => c.charCodeAt(0));
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([bytes], arguments[0], {type: arguments[1]}));
                for (const kind of ['dragover', 'drop']) {
                  document.getElementById('drop').dispatchEvent(
                      new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
                }""", name, type, base64);
    }

    @Test
    void whatIsNoImageIsTold() throws IOException {
        one("#file").sendKeys(Files.writeString(folder.resolve("notes.txt"), "Hello").toString());
        assertEquals("notes.txt is not an image; expected JPEG, PNG, GIF, BMP, TIFF or WebP.", text("#error"));
        one("#file").sendKeys(Files.writeString(folder.resolve("page.png"), "<html>").toString());
        ask("classify", "cat, dog");
        await(() -> text("#error").startsWith("the image: is an HTML page"), "an error");
        assertEquals(1, errors().size()); // the status 415
        one("#file").sendKeys(Files.write(folder.resolve("large.png"), new byte[2 << 20]).toString());
        assertTrue(text("#error").contains("more than the server's limit"), text("#error"));
        one("#file").sendKeys(image.toString());
        assertFalse(shown("#error"));
    }

    @Test
    void aPhoneShowsAllOfIt() {
        browser.manage().window().setSize(new Dimension(500, 844)); // the least that the window takes
        browser.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of("width", 390, "height", 844,
                "deviceScaleFactor", 2, "mobile", true));
        try {
            assertNoSidewaysScrolling();
            askForAll("cat");
            assertNoSidewaysScrolling();
            one(".hit").click();
            await(() -> shown("#viewer"), "the viewer");
            assertNoSidewaysScrolling();
            one("#viewer [data-mode=find]").click();
            one("#text").sendKeys("dog", Keys.ENTER);
            awaitResults(".boxes li", 10);
            assertNoSidewaysScrolling();
        } finally {
            browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        }
    }

    @Test
    void aServerThatIsGoneIsTold() throws IOException {
        try (TestServer other = new TestServer(folder.resolve("other"), TestServer.SETTINGS)) {
            open(other, "/");
            other.stop();
            ask("search", "a cat");
            await(() -> text("#error").equals("The server does not answer. Is it still running?"), "an error");
        }
        assertFalse(errors().isEmpty()); // the refused connection
    }

    @Test
    void theTokenIsAskedFor() throws IOException {
        try (TestServer locked = new TestServer(folder.resolve("locked"),
                TestServer.withToken(TestServer.SETTINGS))) {
            open(locked, "/?mode=search&q=a+cat&nearest=1");
            one("#token").sendKeys("wrong", Keys.ENTER);
            await(() -> text("#login-error").equals("This is not the token."), "an error");
            one("#token").sendKeys(TestServer.TOKEN, Keys.ENTER);
            awaitResults(".hit", TestServer.IMAGES);
            assertPictures();
            assertEquals("", browser.executeScript("return document.cookie"));
        }
        errors(); // of the requests without the token
    }
}
