package io.github.clip4j.cli.search;

import io.github.clip4j.cli.shared.HtmlTemplate;
import io.github.clip4j.cli.shared.OutputFile;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.search.DuplicateGroup;
import io.github.clip4j.search.IndexedFiles;
import io.github.clip4j.search.IndexedImage;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Groups of pictures that show the same, as one page of HTML that needs nothing else. */
final class DuplicatesPage {
    /** What the template shows; the names are those in it. */
    record Page(String count, List<Group> groups) {}

    record Group(int number, List<Shown> images) {}

    /** @param image a small JPEG in base 64, null if the file cannot be read */
    record Shown(boolean best, String similarity, String name, String path, String size, String image) {}

    private DuplicatesPage() {}

    static void write(Path file, List<DuplicateGroup> groups, IndexedFiles files) {
        List<Group> shown = new ArrayList<>();
        for (DuplicateGroup group : groups) {
            List<Shown> images = new ArrayList<>();
            for (int i = 0; i < group.images().size(); i++) {
                images.add(shown(group.images().get(i), group.similarities().get(i), i == 0, files));
            }
            shown.add(new Group(shown.size() + 1, images));
        }
        try (OutputFile output = new OutputFile(file)) {
            output.append(HtmlTemplate.fill("duplicates-page.mustache",
                    new Page(String.format(Locale.ROOT, "%,d", groups.size()), shown)));
            output.commit();
        }
    }

    private static Shown shown(IndexedImage image, float similarity, boolean best, IndexedFiles files) {
        String thumbnail = null;
        try {
            thumbnail = HtmlTemplate.thumbnail(files.decode(image));
        } catch (ImageException _) {
            // the page says that it cannot be read
        }
        return new Shown(best, String.format(Locale.ROOT, "%.3f", similarity), new File(image.path()).getName(),
                image.path(),
                String.format(Locale.ROOT, "%d × %d, %,d bytes", image.width(), image.height(), image.size()),
                thumbnail);
    }
}
