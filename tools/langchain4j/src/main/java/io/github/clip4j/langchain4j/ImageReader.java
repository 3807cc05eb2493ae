package io.github.clip4j.langchain4j;

import dev.langchain4j.data.image.Image;
import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageDownload;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.image.RgbImage;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;

/**
 * Images as LangChain4j has them: bytes in base 64, or an address of a file, of bytes ({@code data:}), or of the network.
 *
 * @param network whether the last is allowed
 */
record ImageReader(ImageDecoder decoder, boolean network) {
    private static final String BASE_64 = ";base64,";
    private static final int MAX_SHOWN = 100;

    /** @throws ImageException if it is no image, is broken, too large or not to be had */
    RgbImage read(Image image) {
        if (image.base64Data() != null) {
            return decode(image.base64Data());
        }
        URI url = image.url();
        return switch (String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT)) {
            case "file" -> decoder.decode(Path.of(url));
            case "data" -> data(url.getRawSchemeSpecificPart());
            case "http", "https" -> fetch(url);
            default ->
                throw new ImageException(shown(url) + ": expected an address of the kinds file, data, http or https");
        };
    }

    private RgbImage data(String content) {
        int at = content.indexOf(BASE_64);
        if (at < 0) {
            throw new ImageException("data: expected bytes in base 64, \"data:image/...;base64,...\"");
        }
        return decode(content.substring(at + BASE_64.length()));
    }

    private RgbImage decode(String base64) {
        if (base64.length() / 4 * 3L > ImageDecoder.DEFAULT_MAX_BYTES) {
            throw new ImageException("an image of " + base64.length() / 4 * 3L + " bytes, expected at most "
                    + ImageDecoder.DEFAULT_MAX_BYTES);
        }
        try {
            return decoder.decode(Base64.getDecoder().decode(base64), "an image given as bytes");
        } catch (IllegalArgumentException e) {
            throw new ImageException("an image given as bytes: is not in base 64: " + e.getMessage(), e);
        }
    }

    private RgbImage fetch(URI url) {
        if (!network) {
            throw new ImageException(shown(url) + ": addresses are not fetched; give the bytes, or allowNetwork(true)");
        }
        return decoder.decode(new ImageDownload().fetch(url.toString()), shown(url));
    }

    private static String shown(URI url) {
        String text = url.toString();
        return text.substring(0, Math.min(MAX_SHOWN, text.length()));
    }
}
