package io.github.clip4j.image.webp;

/**
 * Luma and chroma of half its size to RGB, as libwebp does it: chroma between its places is {@code (9 a + 3 b + 3 c +
 * d) / 16} of the four around, a the nearest, in two steps that round; colours in 14 bits of fraction.
 */
final class Colors {
    private Colors() {}

    /** Red, green and blue of each pixel. */
    static byte[] rgb(Plane luma, Plane[] chroma, int width, int height) {
        byte[] pixels = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        int[] u = new int[width];
        int[] v = new int[width];
        int rows = (height + 1) / 2;
        for (int y = 0; y < height; y++) {
            int near = y / 2;
            int far = Math.clamp(y % 2 == 0 ? near - 1 : near + 1, 0, rows - 1);
            upsample(chroma[0], near, far, width, u);
            upsample(chroma[1], near, far, width, v);
            int row = luma.at(0, y);
            for (int x = 0, o = 3 * y * width; x < width; x++, o += 3) {
                toRgb(luma.get(row + x), u[x], v[x], pixels, o);
            }
        }
        return pixels;
    }

    /** A row of chroma for pixels that are nearest to row {@code near} and next to row {@code far} of the plane. */
    private static void upsample(Plane plane, int near, int far, int width, int[] target) {
        int nearRow = plane.at(0, near);
        int farRow = plane.at(0, far);
        int columns = (width + 1) / 2;
        for (int x = 0; x < width; x++) {
            int column = x / 2;
            int other = x % 2 == 0 ? column - 1 : column + 1;
            int a = plane.get(nearRow + column);
            int c = plane.get(farRow + column);
            if (other < 0 || other >= columns) {
                target[x] = 3 * a + c + 2 >> 2;
            } else {
                int b = plane.get(nearRow + other);
                int d = plane.get(farRow + other);
                target[x] = (a + b + c + d + 8 + 2 * (b + c) >> 3) + a >> 1;
            }
        }
    }

    private static void toRgb(int y, int u, int v, byte[] pixels, int at) {
        int luma = 19077 * y >> 8;
        pixels[at] = clip(luma + (26149 * v >> 8) - 14234);
        pixels[at + 1] = clip(luma - (6419 * u >> 8) - (13320 * v >> 8) + 8708);
        pixels[at + 2] = clip(luma + (33050 * u >> 8) - 17685);
    }

    private static byte clip(int value) {
        return (byte) Plane.clip(value >> 6);
    }
}
