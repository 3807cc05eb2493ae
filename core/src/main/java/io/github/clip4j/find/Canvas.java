package io.github.clip4j.find;

import io.github.clip4j.image.RgbImage;

/** A picture to draw rectangles and numbers on. Needs no fonts, which a server may lack; what is outside is left out. */
final class Canvas {
    /** Rows of 5 bits of each character, from the top; the leftmost pixel is the highest bit. */
    private static final String CHARACTERS = "0123456789%";
    private static final long[] GLYPHS = {0x0e11_1315_1911_0eL, 0x040c_0404_0404_0eL, 0x0e11_0102_0408_1fL,
            0x1f02_0402_0111_0eL, 0x0206_0a12_1f02_02L, 0x1f10_1e01_0111_0eL, 0x0608_101e_1111_0eL,
            0x1f01_0204_0808_08L, 0x0e11_110e_1111_0eL, 0x0e11_110f_0102_0cL, 0x1819_0204_0813_03L};
    private static final int GLYPH_WIDTH = 5;
    private static final int GLYPH_HEIGHT = 7;

    private final int width;
    private final int height;
    private final byte[] pixels;

    /** A canvas of one shade. */
    Canvas(int width, int height, int rgb) {
        this.width = width;
        this.height = height;
        this.pixels = new byte[3 * width * height];
        fill(0, 0, width, height, rgb);
    }

    RgbImage image() {
        return new RgbImage(width, height, pixels);
    }

    void fill(int left, int top, int columns, int rows, int rgb) {
        for (int y = Math.max(0, top); y < Math.min(height, top + rows); y++) {
            for (int x = Math.max(0, left); x < Math.min(width, left + columns); x++) {
                set(x, y, rgb >> 16, rgb >> 8, rgb);
            }
        }
    }

    void set(int x, int y, int red, int green, int blue) {
        int p = 3 * (y * width + x);
        pixels[p] = (byte) red;
        pixels[p + 1] = (byte) green;
        pixels[p + 2] = (byte) blue;
    }

    /** The edge of a rectangle, {@code line} pixels thick, inside of it. */
    void frame(int left, int top, int columns, int rows, int line, int rgb) {
        fill(left, top, columns, line, rgb);
        fill(left, top + rows - line, columns, line, rgb);
        fill(left, top, line, rows, rgb);
        fill(left + columns - line, top, line, rows, rgb);
    }

    /** Digits and percent signs, each dot of a character {@code dot} pixels high and wide. */
    void text(String text, int left, int top, int dot, int rgb) {
        for (int i = 0; i < text.length(); i++) {
            long glyph = GLYPHS[CHARACTERS.indexOf(text.charAt(i))];
            for (int y = 0; y < GLYPH_HEIGHT; y++) {
                for (int x = 0; x < GLYPH_WIDTH; x++) {
                    if ((glyph >> 8 * (GLYPH_HEIGHT - 1 - y) + GLYPH_WIDTH - 1 - x & 1) != 0) {
                        fill(left + dot * (i * (GLYPH_WIDTH + 1) + x), top + dot * y, dot, dot, rgb);
                    }
                }
            }
        }
    }

    static int textWidth(String text, int dot) {
        return dot * (text.length() * (GLYPH_WIDTH + 1) - 1);
    }

    static int textHeight(int dot) {
        return dot * GLYPH_HEIGHT;
    }
}
