package io.github.clip4j.search;

import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.RgbImage;

/**
 * What of an image lasts when it is saved again, resized, turned or cropped by up to a tenth of its sides: its
 * structure at 64 x 64 pixels, without what is coarser than 9 of them, such as a beach's sea on one side, and without
 * its contrast. {@link Likeness} compares them.
 *
 * @param structure [64, 64], with 127 or -127 where it is strongest; all 0 where an image has none
 */
record Thumbprint(byte[] structure) {
    static final int SIDE = 64;
    private static final int SIZE = SIDE * SIDE;
    /** Half the side of the square whose mean is taken away. */
    private static final int COARSE = 4;
    /** The mean square, of levels, up to which there is none. */
    private static final double FLAT = 1e-3;

    static Thumbprint of(RgbImage image) {
        float[] structure = structure(gray(PilResize.resize(image, SIDE, SIDE).pixels()));
        double squares = 0;
        float strongest = 0;
        for (float value : structure) {
            squares += value * value;
            strongest = Math.max(strongest, Math.abs(value));
        }
        float scale = squares > FLAT * SIZE ? Byte.MAX_VALUE / strongest : 0;
        byte[] levels = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            levels[i] = (byte) Math.round(structure[i] * scale);
        }
        return new Thumbprint(levels);
    }

    private static float[] gray(byte[] rgb) {
        float[] gray = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            // ITU-R 601
            gray[i] = 0.299f * (rgb[3 * i] & 0xff) + 0.587f * (rgb[3 * i + 1] & 0xff)
                    + 0.114f * (rgb[3 * i + 2] & 0xff);
        }
        return gray;
    }

    /** Smoothed by 1 2 1 in both directions, less the mean around. [64, 64] */
    private static float[] structure(float[] gray) {
        float[] smooth = transposedSmooth(transposedSmooth(gray));
        float[] mean = transposedMean(transposedMean(smooth));
        for (int i = 0; i < SIZE; i++) {
            smooth[i] -= mean[i];
        }
        return smooth;
    }

    /** Each row smoothed by 1 2 1, its ends repeated, with rows and columns exchanged. */
    private static float[] transposedSmooth(float[] rows) {
        float[] smooth = new float[SIZE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                smooth[x * SIDE + y] = (rows[y * SIDE + Math.max(x - 1, 0)] + 2 * rows[y * SIDE + x]
                        + rows[y * SIDE + Math.min(x + 1, SIDE - 1)]) / 4;
            }
        }
        return smooth;
    }

    /** The mean of 9 values along each row, mirrored at its ends, with rows and columns exchanged. */
    private static float[] transposedMean(float[] rows) {
        float[] means = new float[SIZE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                float sum = 0;
                for (int d = -COARSE; d <= COARSE; d++) {
                    int at = Math.abs(x + d);
                    sum += rows[y * SIDE + (at < SIDE ? at : 2 * (SIDE - 1) - at)];
                }
                means[x * SIDE + y] = sum / (2 * COARSE + 1);
            }
        }
        return means;
    }
}
