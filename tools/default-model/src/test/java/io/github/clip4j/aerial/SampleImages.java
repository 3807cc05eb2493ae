package io.github.clip4j.aerial;

import io.github.clip4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** Draws the sample images, seen from above: what a person takes for a beach, a parking lot and farmland. */
final class SampleImages {
    private static final int SIZE = 256;
    private static final int ASPHALT = 0x62646a;
    private static final int[] CARS = {0xe8e8e6, 0xc8cacc, 0x2a2c30, 0x8c1f1f, 0x2a4a80, 0xf4f4f0, 0x6a6e72};
    private static final int[] CROPS = {0x6f8f3c, 0x9aa648, 0xb89b5a, 0x4f7434, 0xc7b06a, 0x86703f, 0x7fa050};

    private SampleImages() {}

    /** Writes them to the folder that the README's first command reads. */
    public static void main(String[] args) throws IOException {
        for (Map.Entry<String, RgbImage> image : all().entrySet()) {
            image.getValue().writePng(Path.of(args[0], image.getKey()));
        }
    }

    static Map<String, RgbImage> all() {
        Map<String, RgbImage> images = new LinkedHashMap<>();
        images.put("beach.png", draw(SampleImages::beach));
        images.put("parking.png", draw(SampleImages::parking));
        images.put("farmland.png", draw(SampleImages::farmland));
        return images;
    }

    private static RgbImage draw(BiFunction<Integer, Integer, Integer> color) {
        byte[] pixels = new byte[3 * SIZE * SIZE];
        for (int i = 0; i < SIZE * SIZE; i++) {
            int rgb = color.apply(i % SIZE, i / SIZE);
            for (int c = 0; c < 3; c++) {
                pixels[3 * i + c] = (byte) (rgb >> 16 - 8 * c);
            }
        }
        return new RgbImage(SIZE, SIZE, pixels);
    }

    /** Sea that gets lighter towards a winding shore, two lines of surf, wet and dry sand. */
    private static int beach(int x, int y) {
        double shore = 0.55 * x + 0.35 * y - 118 + 26 * noise(x, y, 60, 1) + 6 * noise(x, y, 14, 2);
        double grain = noise(x, y, 2, 3);
        double surf = Math.abs(shore + 7 + 5 * noise(x, y, 9, 4));
        double second = Math.abs(shore + 30 + 12 * noise(x, y, 25, 5));
        if (surf < 4 || second < 2.2 && noise(x, y, 18, 6) > 0) {
            return shade(0xf2f5f2, 0.06 * grain);
        }
        if (shore < -4) {
            return shade(mix(0x4fa8a4, 0x145a72, Math.min(1, -shore / 90)), 0.05 * grain + 0.06 * noise(x, y, 8, 7));
        }
        return shade(shore < 8 ? 0xb59b72 : 0xdcc79a, 0.06 * grain + 0.05 * noise(x, y, 20, 8));
    }

    /** Double rows of stalls, most of them taken, between lanes. */
    private static int parking(int x, int y) {
        int row = y / 32;
        int depth = y % 64 - 8;
        int stall = x / 12;
        double grain = 0.05 * noise(x, y, 2, 1) + 0.05 * noise(x, y, 40, 2);
        if (depth < 0 || depth >= 48 || x < 10 || x > 244) {
            return shade(ASPHALT, grain);
        }
        int side = depth / 24;
        SplittableRandom random = new SplittableRandom(1000L * (row / 2 * 2 + side) + stall);
        int across = x % 12;
        int along = depth % 24;
        if (across == 0 || depth == 24) {
            return shade(0xd8d8d2, grain);
        }
        boolean taken = random.nextDouble() < 0.85;
        int shift = random.nextInt(3);
        boolean car = across >= 3 && across <= 9 && along >= 3 + shift && along <= 18 + shift;
        if (!taken || !car) {
            return shade(taken && across == 10 && along > 4 ? 0x45474c : ASPHALT, grain);
        }
        int paint = CARS[random.nextInt(CARS.length)];
        boolean glass = along - shift >= 7 && along - shift <= 8 || along - shift >= 14 && along - shift <= 15;
        return shade(glass ? 0x20262c : paint, 0.02 * noise(x, y, 3, 3) + (across == 3 ? -0.15 : 0));
    }

    /** Fields of furrows in different directions, with tracks between them. */
    private static int farmland(int x, int y) {
        double u = x + 0.25 * y;
        double v = y - 0.2 * x + 60;
        int column = (int) Math.floor(u / 62);
        int row = (int) Math.floor(v / (44 + 9 * Math.floorMod(column, 3)));
        double left = u - 62 * column;
        double top = v - (44 + 9 * Math.floorMod(column, 3)) * row;
        double grain = 0.05 * noise(x, y, 2, 1) + 0.06 * noise(x, y, 24, 2);
        if (left < 3 || top < 2) {
            return shade(left < 3 ? 0xb7a88a : 0x5d6e3a, grain);
        }
        SplittableRandom random = new SplittableRandom(31L * column + row);
        int crop = CROPS[random.nextInt(CROPS.length)];
        double across = random.nextBoolean() ? u : v;
        return shade(crop, grain + 0.07 * Math.sin(across * (0.9 + 0.5 * random.nextDouble())));
    }

    private static int mix(int a, int b, double t) {
        int rgb = 0;
        for (int c = 0; c < 24; c += 8) {
            rgb |= (int) Math.round((1 - t) * (a >> c & 0xff) + t * (b >> c & 0xff)) << c;
        }
        return rgb;
    }

    /** A colour made lighter or darker by a share. */
    private static int shade(int rgb, double by) {
        return mix(rgb, by < 0 ? 0 : 0xffffff, Math.min(1, Math.abs(by)));
    }

    /** Value noise in [-1, 1]: random values on a grid of a spacing, with smooth steps between them. */
    private static double noise(int x, int y, double spacing, long seed) {
        int column = (int) Math.floor(x / spacing);
        int row = (int) Math.floor(y / spacing);
        double s = smooth(x / spacing - column);
        double t = smooth(y / spacing - row);
        double above = (1 - s) * lattice(column, row, seed) + s * lattice(column + 1, row, seed);
        double below = (1 - s) * lattice(column, row + 1, seed) + s * lattice(column + 1, row + 1, seed);
        return (1 - t) * above + t * below;
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double lattice(int column, int row, long seed) {
        return 2 * new SplittableRandom(((seed * 31 + column) * 1_000_003 + row) * 0x9E3779B97F4A7C15L).nextDouble()
                - 1;
    }
}
