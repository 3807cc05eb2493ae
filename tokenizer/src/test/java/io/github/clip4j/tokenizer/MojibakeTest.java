package io.github.clip4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MojibakeTest {
    /**
     * Random words in eleven scripts, as they are and garbled in ten encodings: as a whole, twice, in part, with A0 as
     * a space, with bytes lost; and what {@code fix_text} of ftfy 6.3.1 makes of them.
     */
    static List<String> garbled() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                MojibakeTest.class.getResourceAsStream("mojibake.jsonl"), StandardCharsets.UTF_8))) {
            return lines.lines().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("garbled")
    void asFtfy(String line) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(line);
        assertEquals(expected.get("ftfy").textValue(), TextFixer.fix(expected.get("text").textValue()));
    }

    @ParameterizedTest
    @EnumSource
    void everyEncodingIsUndone(Charmap charmap) {
        for (String text : List.of("l’été à la plage, déjà", "空から見た空港", "aéroport – 3 €")) { // ftfy leaves others
            StringBuilder garbled = new StringBuilder();
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                garbled.append(b >= 0 ? (char) b : charmap.character(b & 0xff));
            }
            assertEquals(TextFixer.fix(text), TextFixer.fix(garbled.toString()), charmap + ": " + garbled);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IKEA®", "a 3° angle", "NESTLÉ®", "naïve café", "«Привет», – сказал он", "Ångström £5",
            "2012—∞", "Charlotte Brontë…”", "TEM QUE SEGUIR, SDV SÓ…"})
    void whatIsRightStays(String text) {
        assertEquals(text, Mojibake.repair(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ã©", "Ã", "â€", "â€œ中", "ð", "Ã\u00A9 中", "©", "Ù…Ù†", "\uFFFDÃ?"})
    void longTextTakesNoLonger(String part) {
        assertTimeout(Duration.ofSeconds(20), () -> TextFixer.fix(part.repeat(200_000)));
    }

    @Test
    void encodingsHaveEveryByteOnce() {
        for (Charmap charmap : Charmap.values()) {
            for (int value = 0x80; value < 0x100; value++) {
                assertEquals(Character.toString(value), charmap.encode(Character.toString(charmap.character(value))));
            }
        }
    }
}
