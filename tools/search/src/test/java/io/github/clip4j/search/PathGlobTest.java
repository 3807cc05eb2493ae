package io.github.clip4j.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathGlobTest {
    private static final List<String> LETTERS = List.of("a", "b", "c", "B", "-", ".", ",", "}", "]", "!", "^", "#", "~",
            "\"", "@", "&", "é", "😀");
    private static final Set<String> PATHS = new TreeSet<>();
    private static final Directory DIRECTORY = new ByteBuffersDirectory();
    private static IndexSearcher searcher;

    @BeforeAll
    static void index() throws IOException {
        Random random = new Random(1);
        while (PATHS.size() < 400) {
            StringBuilder path = new StringBuilder();
            for (int parts = 1 + random.nextInt(3); parts > 0; parts--) {
                path.append('/');
                for (int letters = 1 + random.nextInt(3); letters > 0; letters--) {
                    path.append(letter(random));
                }
            }
            PATHS.add(path.toString());
        }
        try (IndexWriter writer = new IndexWriter(DIRECTORY, new IndexWriterConfig())) {
            for (String path : PATHS) {
                Document document = new Document();
                document.add(new StringField(Fields.path("").field(), path, Store.YES));
                writer.addDocument(document);
            }
        }
        searcher = new IndexSearcher(DirectoryReader.open(DIRECTORY));
    }

    @AfterAll
    static void close() throws IOException {
        searcher.getIndexReader().close();
        DIRECTORY.close();
    }

    private static String letter(Random random) {
        return LETTERS.get(random.nextInt(LETTERS.size()));
    }

    private static Set<String> found(String glob) throws IOException {
        Set<String> found = new TreeSet<>();
        for (ScoreDoc document : searcher.search(PathGlob.query(glob), PATHS.size()).scoreDocs) {
            found.add(searcher.storedFields().document(document.doc).get(Fields.path("").field()));
        }
        return found;
    }

    private static Set<String> expected(String glob) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        Set<String> expected = new TreeSet<>();
        for (String path : PATHS) {
            if (matcher.matches(glob.contains("/") ? Path.of(path) : Path.of(path).getFileName())) {
                expected.add(path);
            }
        }
        return expected;
    }

    /** A piece of a glob; groups do not nest. */
    private static String piece(Random random, boolean grouped) {
        return switch (random.nextInt(grouped ? 6 : 8)) {
            case 0 -> "*";
            case 1 -> "?";
            case 2 -> "\\" + letter(random);
            case 3 -> characters(random);
            case 6 -> "**";
            case 7 -> {
                List<String> choices = new ArrayList<>();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    choices.add(random.nextInt(5) == 0 ? "" : piece(random, true) + piece(random, true));
                }
                yield "{" + String.join(",", choices) + "}";
            }
            default -> {
                String letter = letter(random);
                yield grouped && "},".contains(letter) ? "a" : letter;
            }
        };
    }

    private static String characters(Random random) {
        StringBuilder characters = new StringBuilder(random.nextInt(3) == 0 ? "[!" : "[");
        characters.append(random.nextInt(4) == 0 ? "-" : "");
        for (int i = random.nextInt(3); i >= 0; i--) {
            characters.append(List.of("a", "b", "a-c", "A-Z", "é", ".", "*", "?", "{", ",", "}", "#", "~", "!", "\\",
                    "[", "+--", "@").get(random.nextInt(18)));
        }
        return characters.append(random.nextInt(4) == 0 ? "-]" : "]").toString();
    }

    @Test
    void matchesWhatThePathMatcherOfTheJdkMatches() throws IOException {
        Random random = new Random(2);
        int refused = 0;
        int matching = 0;
        for (int i = 0; i < 600; i++) {
            StringBuilder generated = new StringBuilder(random.nextInt(3) == 0 ? "" : "/");
            for (int pieces = 1 + random.nextInt(5); pieces > 0; pieces--) {
                generated.append(random.nextInt(6) == 0 ? "/" : piece(random, false));
            }
            String glob = generated.toString();
            Set<String> expected;
            try {
                expected = expected(glob);
            } catch (IllegalArgumentException _) {
                assertThrows(IllegalArgumentException.class, () -> PathGlob.query(glob), glob);
                refused++;
                continue;
            }
            assertEquals(expected, found(glob), "glob " + glob);
            matching += expected.isEmpty() ? 0 : 1;
        }
        assertTrue(refused < 200 && matching > 200, refused + " are no globs, " + matching + " match something");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[a", "{a", "a\\", "{a,{b}}", "[b-a]", "[]", "[a/b]"})
    void whatIsNoGlobIsToldOnOneLine(String glob) {
        String message = assertThrows(IllegalArgumentException.class, () -> PathGlob.query(glob)).getMessage();
        assertTrue(message.startsWith("glob \"" + glob + "\" is none: ") && message.lines().count() == 1, message);
    }

    @Test
    void longAndHardOnesEndSoon() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> PathGlob.query("*".repeat(1001)));
        assertEquals(Set.of(), found("/" + "x".repeat(999)));
        assertEquals(PATHS, found("*".repeat(1000)));
        String hard = "**a" + "?".repeat(200) + "b**";
        String message = assertThrows(IllegalArgumentException.class, () -> PathGlob.query(hard)).getMessage();
        assertTrue(message.endsWith("is too complex"), message);
    }
}
