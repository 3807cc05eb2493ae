package io.github.clip4j.cli.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.clip4j.cli.Run;
import io.github.clip4j.search.Hit;
import io.github.clip4j.search.ImageIndex;
import io.github.clip4j.search.ImageIndexWriter;
import io.github.clip4j.search.IndexedImage;
import io.github.clip4j.search.ModelId;
import io.github.clip4j.search.SearchMethod;
import io.github.clip4j.search.SearchQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code clip export --format pgvector} writes, in a PostgreSQL with pgvector at the address in
 * {@code CLIP4J_PGVECTOR}, such as {@code postgresql://127.0.0.1:5499/postgres?user=postgres}. It reads the file of COPY from
 * its data folder, which is the one in {@code CLIP4J_PGVECTOR_DATA} here.
 */
class PgVectorTest {
    private static final int QUERIES = 10;
    private static final int TOP = 10;

    @TempDir
    private Path folder;
    private final String table = "t" + UUID.randomUUID().toString().replace("-", "");

    private static String address() {
        String address = System.getenv("CLIP4J_PGVECTOR");
        assumeTrue(address != null, "no PostgreSQL named by CLIP4J_PGVECTOR; .ci/run starts one");
        return address;
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:" + address());
    }

    /** Exports an index and executes the script, with the server's own COPY in place of psql's. */
    private void load(Path index, Statement database) throws IOException, SQLException {
        Run run = Run.clip("export", "--index", index, "--format", "pgvector", "--output", folder.resolve("it's.sql"),
                "--table", table);
        assertEquals(0, run.exitCode(), run.err());
        Path rows = Path.of(System.getenv("CLIP4J_PGVECTOR_DATA"), table + ".copy");
        Files.copy(folder.resolve("it's.copy"), rows);
        String psql = "\\copy " + table + " FROM 'it''s.copy'";
        String script = Files.readString(folder.resolve("it's.sql"));
        assertTrue(script.contains(psql), script);
        try {
            database.execute(script.replace(psql,
                    "COPY " + table + " FROM '" + dataFolder(database) + "/" + rows.getFileName() + "';"));
        } finally {
            Files.delete(rows);
        }
    }

    private static String dataFolder(Statement database) throws SQLException {
        try (ResultSet row = database.executeQuery("SHOW data_directory")) {
            row.next();
            return row.getString(1);
        }
    }

    private static float[] unit(Random random, int dimension) {
        float[] vector = new float[dimension];
        double squares = 0;
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian() / (1 + i); // directions of falling importance, as embeddings have
            squares += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < dimension; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }

    private Path index(int images, int dimension, Random random) {
        Path index = folder.resolve("index");
        try (ImageIndexWriter writer = ImageIndexWriter.open(index, new ModelId("m", "0".repeat(64)), dimension,
                false)) {
            for (int i = 0; i < images; i++) {
                writer.put(new IndexedImage("/\\N\\.\t\"'%d\n\\t\r ü😀.jpg".formatted(i), i, 1_700_000_000_000L + i,
                        i % 2 == 0 ? "a".repeat(64) : "", i, 2 * i), unit(random, dimension));
            }
            writer.commit();
        }
        return index;
    }

    private static List<String> paths(Connection database, String table, float[] query) throws SQLException {
        List<String> paths = new ArrayList<>();
        try (PreparedStatement search = database
                .prepareStatement("SELECT path FROM " + table + " ORDER BY embedding <#> ?::vector LIMIT " + TOP)) {
            search.setString(1, Arrays.toString(query));
            try (ResultSet rows = search.executeQuery()) {
                while (rows.next()) {
                    paths.add(rows.getString(1));
                }
            }
        }
        return paths;
    }

    @Test
    void everyColumnAsItIs() throws IOException, SQLException {
        Path index = index(100, 5, new Random(1));
        List<List<Object>> expected = new ArrayList<>();
        try (ImageIndex images = ImageIndex.open(index)) {
            images.forEach(
                    (image, vector) -> expected.add(List.of(image.id(), image.path(), image.size(), image.modified(),
                            image.sha256(), image.width(), image.height(), Arrays.toString(vector))));
        }
        List<List<Object>> found = new ArrayList<>();
        try (Connection database = connect(); Statement select = database.createStatement()) {
            load(index, select);
            ResultSet rows = select.executeQuery("SELECT * FROM " + table);
            while (rows.next()) {
                String[] vector = rows.getString(8).replaceAll("[\\[\\]]", "").split(",");
                float[] values = new float[vector.length];
                for (int i = 0; i < vector.length; i++) {
                    values[i] = Float.parseFloat(vector[i]);
                }
                found.add(List.of(rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4),
                        rows.getString(5), rows.getInt(6), rows.getInt(7), Arrays.toString(values)));
            }
        }
        assertEquals(expected, found);
    }

    @Test
    void theSameAnswersAsLucene() throws IOException, SQLException {
        Path index = index(2_000, 64, new Random(2));
        Random random = new Random(3);
        int found = 0;
        try (Connection database = connect();
                Statement set = database.createStatement();
                ImageIndex images = ImageIndex.open(index)) {
            load(index, set);
            for (int q = 0; q < QUERIES; q++) {
                float[] query = unit(random, 64);
                List<String> lucene = images.search(new SearchQuery(query, TOP, -1, null, SearchMethod.EXACT)).stream()
                        .map(Hit::image).map(IndexedImage::path).toList();
                set.execute("SET enable_indexscan = off");
                assertEquals(lucene, paths(database, table, query), "query " + q);
                set.execute("SET enable_indexscan = on");
                set.execute("SET enable_seqscan = off");
                List<String> graph = paths(database, table, query);
                found += (int) graph.stream().filter(lucene::contains).count();
            }
        }
        assertTrue(found >= 0.9 * QUERIES * TOP, "of the " + QUERIES * TOP + " nearest the HNSW index finds " + found);
    }

    @Test
    void namesThatCannotBe() throws IOException {
        Path index = index(1, 3, new Random(4));
        for (String name : List.of("Photos", "a b", "x; drop table y", "a.b.c", "")) {
            Run run = Run.clip("export", "--index", index, "--output", folder.resolve("x.sql"), "--table", name);
            assertEquals(2, run.exitCode(), name);
        }
        assertEquals(2,
                Run.clip("export", "--index", index, "--output", folder.resolve("x.npy"), "--format", "pgvector")
                        .exitCode());
        assertEquals(2, Run.clip("export", "--index", index, "--output", folder.resolve("x.npy"), "--format", "x")
                .exitCode());
        assertTrue(Files.notExists(folder.resolve("x.sql")) && Files.notExists(folder.resolve("x.copy")));
    }
}
