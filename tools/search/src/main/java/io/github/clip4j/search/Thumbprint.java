package io.github.clip4j.search;

import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.RgbImage;

/**
 * What of an image lasts when it is saved again, resized, turned or cropped by up to a tenth of its sides: its
 * structure at 64 x 64 pixels, without what is coarser than 9 of them, such as a beach's sea on one side, and without
 * its contrast. Two are alike as their correlation is high, in the best of eight turns and of the places of a crop.
 *
 * @param gray [64, 64], levels
 */
record Thumbprint(byte[] gray) {
    static final int SIDE = 64;
    /** The side of a crop by a tenth, and in how many places it may have been. */
    static final int CROP = 58;
    private static final int SHIFTS = SIDE - CROP + 1;
    /** Half the side of the square whose mean is taken away. */
    private static final int COARSE = 4;

    static final int TURNS = 8;
    static final int PLACES = SHIFTS * SHIFTS;
    static final int WHOLE = SIDE * SIDE;
    static final int PART = CROP * CROP;

    static Thumbprint of(RgbImage image) {
        byte[] rgb = PilResize.resize(image, SIDE, SIDE).pixels();
        byte[] gray = new byte[WHOLE];
        for (int i = 0; i < WHOLE; i++) {
            // ITU-R 601, in 16 bits after the point
            int level = 19595 * (rgb[3 * i] & 0xff) + 38470 * (rgb[3 * i + 1] & 0xff) + 7471 * (rgb[3 * i + 2] & 0xff);
            gray[i] = (byte) (level + (1 << 15) >> 16);
        }
        return new Thumbprint(gray);
    }

    /** The structure: smoothed by 1 2 1, less the mean around. [64, 64] */
    float[] structure() {
        float[] smooth = new float[WHOLE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                float sum = 0;
                for (int dy = -1; dy <= 1; dy++) {
                    int row = Math.clamp(y + dy, 0, SIDE - 1) * SIDE;
                    int weight = 2 - Math.abs(dy);
                    sum += weight * ((gray[row + Math.max(x - 1, 0)] & 0xff) + 2 * (gray[row + x] & 0xff)
                            + (gray[row + Math.min(x + 1, SIDE - 1)] & 0xff));
                }
                smooth[y * SIDE + x] = sum / 16;
            }
        }
        float[] mean = transposedMean(transposedMean(smooth));
        for (int i = 0; i < WHOLE; i++) {
            smooth[i] -= mean[i];
        }
        return smooth;
    }

    /** The mean of 9 values along each row, mirrored at its ends, with rows and columns exchanged. */
    private static float[] transposedMean(float[] rows) {
        float[] means = new float[WHOLE];
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

    /** The parts that a crop may have left, each as a row of length 1. [49, 58 · 58] */
    static float[] places(float[] structure) {
        float[] places = new float[PLACES * PART];
        for (int top = 0, o = 0; top < SHIFTS; top++) {
            for (int left = 0; left < SHIFTS; left++, o += PART) {
                for (int y = 0; y < CROP; y++) {
                    System.arraycopy(structure, (top + y) * SIDE + left, places, o + y * CROP, CROP);
                }
                normalize(places, o, PART);
            }
        }
        return places;
    }

    /** The structure made as small as such a part. [58, 58] */
    static float[] shrunk(float[] structure) {
        return shrunkRows(shrunkRows(structure, SIDE), CROP);
    }

    /** Each row of 64 made one of 58 by area, with rows and columns exchanged. */
    private static float[] shrunkRows(float[] rows, int count) {
        float[] shrunk = new float[CROP * count];
        float step = (float) SIDE / CROP;
        for (int y = 0; y < count; y++) {
            for (int x = 0; x < CROP; x++) {
                float from = x * step;
                float to = from + step;
                float sum = 0;
                for (int i = (int) from; i < Math.min(SIDE, Math.ceil(to)); i++) {
                    sum += rows[y * SIDE + i] * (Math.min(to, i + 1) - Math.max(from, i));
                }
                shrunk[x * count + y] = sum / step;
            }
        }
        return shrunk;
    }

    /** The eight turns of a square as rows of length 1, written to a matrix of them from a row on. */
    static void turns(float[] square, int side, float[] matrix, int row) {
        int size = side * side;
        for (int turn = 0; turn < TURNS; turn++) {
            int o = (row + turn) * size;
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    int across = (turn & 1) == 0 ? x : side - 1 - x;
                    int down = (turn & 2) == 0 ? y : side - 1 - y;
                    matrix[o + y * side + x] = square[(turn & 4) == 0 ? down * side + across : across * side + down];
                }
            }
            normalize(matrix, o, size);
        }
    }

    /** Takes the mean away and makes the length 1; what has no structure stays 0. */
    static void normalize(float[] values, int from, int count) {
        double mean = 0;
        for (int i = from; i < from + count; i++) {
            mean += values[i];
        }
        mean /= count;
        double squares = 0;
        for (int i = from; i < from + count; i++) {
            values[i] -= (float) mean;
            squares += values[i] * values[i];
        }
        float scale = squares > 1e-3 * count ? (float) (1 / Math.sqrt(squares)) : 0;
        for (int i = from; i < from + count; i++) {
            values[i] *= scale;
        }
    }
}
