package io.github.clip4j.cli.shared;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.Mustache;
import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.RgbImage;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Base64;

/** Pages of HTML that need nothing else: no script, no style sheet or picture from elsewhere. */
public final class HtmlTemplate {
    /** The longer side of a picture in pixels. */
    private static final int THUMBNAIL = 160;

    private HtmlTemplate() {}

    /**
     * A page in UTF-8: a template with the components of a record in their places, escaped.
     *
     * @param template a file beside the record's class
     */
    public static ByteBuffer fill(String template, Object page) {
        try (Reader reader = new InputStreamReader(page.getClass().getResourceAsStream(template), UTF_8)) {
            return UTF_8.encode(Mustache.compiler().zeroIsFalse(true).compile(reader).execute(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A small JPEG of an image, in base 64. */
    public static String thumbnail(RgbImage image) {
        double scale = Math.min(1, (double) THUMBNAIL / Math.max(image.width(), image.height()));
        RgbImage small = PilResize.resize(image, (int) Math.max(1, scale * image.width()),
                (int) Math.max(1, scale * image.height()));
        return Base64.getEncoder().encodeToString(small.jpeg());
    }
}
