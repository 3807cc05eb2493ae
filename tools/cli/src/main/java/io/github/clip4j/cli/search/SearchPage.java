package io.github.clip4j.cli.search;

import io.github.clip4j.cli.shared.HtmlTemplate;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.search.CollapsedHit;
import io.github.clip4j.search.Hit;
import io.github.clip4j.search.IndexedFiles;
import io.github.clip4j.search.IndexedImage;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was found, as one page of HTML that needs nothing else. */
final class SearchPage {
    /** What the template shows; the names are those in it. */
    record Page(List<String> parts, String images, List<Found> hits) {}

    /**
     * @param image a small JPEG in base 64, or null if the file has become unreadable, as {@code fault} tells; {@code
     * others} null if there are none
     */
    record Found(int rank, String score, String name, String path, String size, String others, String image,
            String fault) {}

    private SearchPage() {}

    /** @param images how many there are in the index */
    static void write(Path file, List<QueryPart> parts, List<CollapsedHit> hits, int images, IndexedFiles files) {
        List<Found> found = new ArrayList<>();
        for (CollapsedHit hit : hits) {
            found.add(found(found.size() + 1, hit, files));
        }
        try (OutputFile output = new OutputFile(file)) {
            output.append(HtmlTemplate.fill("search-page.mustache",
                    new Page(parts.stream().map(QueryPart::describe).toList(),
                            String.format(Locale.ROOT, "%,d", images), found)));
            output.commit();
        }
    }

    private static Found found(int rank, CollapsedHit collapsed, IndexedFiles files) {
        Hit hit = collapsed.hit();
        IndexedImage image = hit.image();
        String thumbnail = null;
        String fault = null;
        try {
            thumbnail = HtmlTemplate.thumbnail(files.decode(image));
        } catch (ImageException _) {
            fault = new File(image.path()).exists() ? "can no longer be read" : "is no longer there";
        }
        return new Found(rank, String.format(Locale.ROOT, "%.4f", hit.score()), new File(image.path()).getName(),
                image.path(), image.width() + " × " + image.height(),
                collapsed.others().isEmpty() ? null : "and " + collapsed.others().size() + " that show the same",
                thumbnail, fault);
    }
}
