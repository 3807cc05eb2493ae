package example;

import io.github.clip4j.Clip;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/** Photographs of a table that `clip export --format pgvector` has made, found by a sentence: MODEL JDBC-URL SENTENCE. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws SQLException {
        try (Clip clip = Clip.open(args[0]);
                Connection database = DriverManager.getConnection(args[1]);
                PreparedStatement search = database.prepareStatement("""
                        SELECT path, -(embedding <#> ?::vector) AS cosine
                        FROM photos ORDER BY embedding <#> ?::vector LIMIT 10""")) {
            String query = Arrays.toString(clip.embedTexts(List.of(args[2])).getFirst());
            search.setString(1, query);
            search.setString(2, query);
            try (ResultSet rows = search.executeQuery()) {
                while (rows.next()) {
                    System.out.println(rows.getString("path") + " " + rows.getDouble("cosine"));
                }
            }
        }
    }
}
