package io.github.clip4j.image;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The formats that are decoded, told by their first bytes. */
enum ImageFormat {
    JPEG("\u00ff\u00d8\u00ff"),
    /** Of cameras, those that do not begin as a TIFF does: CR2, CR3, ORF in three kinds, RW2, RAF. */
    RAW("II*\0....CR", "....ftypcrx ", "IIRO", "IIRS", "MMOR", "IIU\0", "FUJIFILMCCD-RAW"),
    PNG("\u0089PNG\r\n\u001a\n"), GIF("GIF8"), BMP("BM"),
    TIFF("II*\0", "MM\0*", "II+\0", "MM\0+"),
    WEBP("RIFF....WEBP");

    /** What people take for an image, by its first bytes; a dot stands for any byte. */
    private static final Map<String, String> OTHERS = Map.ofEntries(Map.entry("%pdf", "a PDF document"),
            Map.entry("<!doctype html", "an HTML page"), Map.entry("<html", "an HTML page"),
            Map.entry("<svg", "an SVG drawing"), Map.entry("<?xml", "an XML document"),
            Map.entry("....ftypavif", "an AVIF image (turn it into a JPEG first, as heif-convert does)"),
            Map.entry("....ftyphe", "a HEIC image (turn it into a JPEG first, as heif-convert does)"),
            Map.entry("....ftypmif1", "a HEIF image (turn it into a JPEG first, as heif-convert does)"),
            Map.entry("pk\u0003\u0004", "a ZIP archive"), Map.entry("\u001f\u008b", "gzip data"));

    private final String[] magics;

    ImageFormat(String... magics) {
        this.magics = magics;
    }

    /** The format of a file's content, or null if it is none of these. */
    static ImageFormat of(byte[] content) {
        String start = start(content);
        for (ImageFormat format : values()) {
            for (String magic : format.magics) {
                if (matches(start, magic)) {
                    return format;
                }
            }
        }
        return null;
    }

    /** What content of no known format looks like, for a message. */
    static String describe(byte[] content) {
        String start = start(content).strip();
        for (var other : OTHERS.entrySet()) {
            if (matches(start.toLowerCase(Locale.ROOT), other.getKey())) {
                return other.getValue();
            }
        }
        StringBuilder bytes = new StringBuilder("a file that starts with the bytes");
        for (int i = 0; i < Math.min(8, content.length); i++) {
            bytes.append(" %02x".formatted(content[i]));
        }
        return bytes.toString();
    }

    /** A new reader, the JDK's own where it has one, or null if there is none: WebP needs a plugin. */
    ImageReader reader() {
        ImageReader any = null;
        for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name()); readers.hasNext();) {
            any = readers.next();
            if (any.getClass().getModule() == ImageIO.class.getModule()) {
                return any;
            }
        }
        return any;
    }

    private static String start(byte[] content) {
        return new String(content, 0, Math.min(64, content.length), StandardCharsets.ISO_8859_1);
    }

    private static boolean matches(String start, String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (i == start.length() || magic.charAt(i) != '.' && magic.charAt(i) != start.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
