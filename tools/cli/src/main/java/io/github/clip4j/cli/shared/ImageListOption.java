package io.github.clip4j.cli.shared;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** Names of images in a file or on standard input, such as {@code find} and other programs print them. */
public final class ImageListOption {
    @Option(names = "--images-from", paramLabel = "FILE",
            description = "File with the name of an image a line, or - for standard input.")
    private String list;

    @Option(names = "--null", description = "The names in it end with NUL, as find -print0 writes them.")
    private boolean nul;

    /** @throws UsageException if there is only the option that says how its names end */
    public boolean isGiven() {
        if (nul && list == null) {
            throw new UsageException("--null is about --images-from, which is missing");
        }
        return list != null;
    }

    /** @throws DataException if it cannot be read, is not UTF-8 text or empty */
    public List<String> names() {
        try {
            byte[] bytes = list.equals(ImageInput.STANDARD_INPUT)
                    ? System.in.readAllBytes()
                    : Files.readAllBytes(Path.of(list));
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            List<String> names = Arrays.stream(text.split(nul ? "\0" : "\r?\n")).filter(name -> !name.isEmpty())
                    .toList();
            if (names.isEmpty()) {
                throw new DataException(list + ": has no names of images");
            }
            return names;
        } catch (CharacterCodingException e) {
            throw new DataException(list + ": is not UTF-8 text", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new DataException(list + ": cannot be read: " + e, e);
        }
    }
}
