package io.github.clip4j.train.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A data set of images with captions.
 *
 * @param source the file it was read from, for messages
 * @param images in the order of the file
 */
public record CaptionedImages(Path source, List<CaptionedImage> images) {
    public CaptionedImages {
        images = List.copyOf(images);
    }

    /**
     * Reads JSON lines, each {@code {"filename": "...", "captions": ["...", ...]}} or, with a single caption,
     * {@code {"filename": "...", "caption": "..."}}; other fields are ignored. Captions are tokenized here, images are
     * only looked for.
     *
     * @param folder which the file names are relative to and may not leave
     * @throws DataSetException naming file and line, if a line is malformed, has no caption or a blank one, names a path
     *     outside of the folder, or has a caption that is too long; if images are missing, with their number and the
     *     first of them; or if there is no image at all
     */
    public static CaptionedImages read(Path lines, Path folder, CaptionTokenizer tokenizer) {
        return JsonText.read(lines,
                json -> new Reader(lines, folder.toAbsolutePath().normalize(), tokenizer, json).read());
    }

    /** The number of images with their captions, each counted. */
    int pairs() {
        return images.stream().mapToInt(image -> image.captions().size()).sum();
    }

    /** What a file is read with, and where it stands. */
    private static final class Reader {
        private final Path lines;
        private final Path folder;
        private final CaptionTokenizer tokenizer;
        private final JsonParser json;
        private int line;

        Reader(Path lines, Path folder, CaptionTokenizer tokenizer, JsonParser json) {
            this.lines = lines;
            this.folder = folder;
            this.tokenizer = tokenizer;
            this.json = json;
        }

        CaptionedImages read() throws IOException {
            List<CaptionedImage> images = new ArrayList<>();
            int missing = 0;
            String firstMissing = "";
            while (json.nextToken() != null) {
                JsonText.require(json, JsonToken.START_OBJECT, "an object with \"filename\" and \"captions\"");
                line = json.currentTokenLocation().getLineNr();
                CaptionedImage image = image();
                images.add(image);
                if (!Files.isRegularFile(image.file()) && missing++ == 0) {
                    firstMissing = at("\"filename\": there is no file ") + image.file();
                }
            }
            if (missing > 0) {
                throw new DataSetException("%s; missing in all: %d of %d images; is the data folder the right one?"
                        .formatted(firstMissing, missing, images.size()));
            }
            if (images.isEmpty()) {
                throw new DataSetException(lines + ": expected a JSON object on each line, found none");
            }
            return new CaptionedImages(lines, images);
        }

        private CaptionedImage image() throws IOException {
            Path file = null;
            List<int[]> captions = new ArrayList<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "filename" -> file = file(JsonText.string(json, "a string as \"filename\""));
                    case "caption" -> captions.add(caption("\"caption\""));
                    case "captions" -> {
                        JsonText.require(json, JsonToken.START_ARRAY, "an array of strings as \"captions\"");
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            captions.add(caption("caption " + (captions.size() + 1)));
                        }
                    }
                    default -> json.skipChildren();
                }
            }
            if (file == null) {
                throw new DataSetException(at("expected a \"filename\", found none"));
            }
            if (captions.isEmpty()) {
                throw new DataSetException(at("expected one caption or more, found none"));
            }
            return new CaptionedImage(file, captions);
        }

        private int[] caption(String name) throws IOException {
            String text = JsonText.string(json, "a string as " + name);
            if (text.isBlank()) {
                throw new DataSetException(at(name + " is blank, expected a text"));
            }
            return tokenizer.encode(text, at(name));
        }

        /** Symbolic links are followed: data often lies on another disk, and links are made by the folder's owner. */
        private Path file(String name) {
            try {
                Path file = folder.resolve(name).normalize();
                if (file.startsWith(folder) && !file.equals(folder)) {
                    return file;
                }
            } catch (InvalidPathException _) {
                // refused below, like a path that leads outside
            }
            throw new DataSetException(
                    at("\"filename\" is " + JsonText.quote(name) + ", expected a path inside the data folder"));
        }

        private String at(String message) {
            return lines + ": line " + line + ": " + message;
        }
    }
}
