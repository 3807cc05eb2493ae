package io.github.clip4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.clip4j.checkpoint.ClipConfig;
import org.junit.jupiter.api.Test;

class MultiplyAddsTest {
    /** The sums by hand, of ViT-B/32. */
    @Test
    void ofTheFullModel() {
        long patches = 49L * 768 * 3 * 32 * 32;
        long imageBlock = 50L * (3 * 768 * 768 + 768 * 768 + 768 * 3072 + 3072 * 768) + 2L * 768 * 50 * 50;
        assertEquals(patches + 12 * imageBlock + 768 * 512, MultiplyAdds.ofImage(ClipConfig.VIT_B_32));
        assertEquals(4.41e9, MultiplyAdds.ofImage(ClipConfig.VIT_B_32), 0.005e9);

        long seen = 1 + 2 + 3 + 4 + 5;
        long textBlock = 5L * (3 * 512 * 512 + 512 * 512 + 512 * 2048 + 2048 * 512) + 2 * 512 * seen;
        assertEquals(12 * textBlock + 512 * 512, MultiplyAdds.ofText(ClipConfig.VIT_B_32, 5));
    }
}
