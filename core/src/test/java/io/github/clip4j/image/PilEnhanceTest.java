package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PilEnhanceTest {
    /**
     * Checksums: {@code zlib.crc32(ImageEnhance.X(image).enhance(factor).tobytes())} of Pillow 12.3, X being Brightness,
     * Contrast and Color.
     */
    @ParameterizedTest
    @CsvSource({"1,1,0,ff41d912,ae0f4437,ae0f4437", "1,1,0.3,179461ce,4f440ac5,4f440ac5",
            "1,1,0.75,61f7b656,74a9a756,74a9a756", "1,1,1,877d0c97,877d0c97,877d0c97",
            "1,1,1.25,37b1a90a,e9cad5cb,e9cad5cb", "1,1,2.7,ffffff00,89399e4b,89399e4b",
            "7,5,0,7904cdd6,10b4b199,c69f026f", "7,5,0.3,8b8a0836,ab36f843,4093bed5",
            "7,5,0.75,f8b0cbf2,34f05f06,c8aeec2c", "7,5,1,59a94fed,59a94fed,59a94fed",
            "7,5,1.25,ed225e2b,9ee27749,561dc929", "7,5,2.7,59799874,13f4313e,61d86e78",
            "64,48,0,cbf86111,b87c7f0b,c3729bf9", "64,48,0.3,52f571db,7d6c4546,ca095f80",
            "64,48,0.75,85ad8c19,317cff27,9998ba25", "64,48,1,53d28dc4,53d28dc4,53d28dc4",
            "64,48,1.25,d999fdac,defe10a9,4a4d105d", "64,48,2.7,49d4071d,91907e62,bde7f868"})
    void equalsPillow(int width, int height, float factor, String brightness, String contrast, String saturation) {
        RgbImage image = TestImages.formula(width, height);
        assertEquals(brightness, TestImages.crc32(PilEnhance.brightness(image, factor).pixels()), "brightness");
        assertEquals(contrast, TestImages.crc32(PilEnhance.contrast(image, factor).pixels()), "contrast");
        assertEquals(saturation, TestImages.crc32(PilEnhance.saturation(image, factor).pixels()), "saturation");
    }
}
