package io.github.clip4j.image.webp;

/** The inverse transforms (RFC 6386, section 14), in the integers that all decoders agree on. */
final class Transform {
    private static final int SIDE = 4;

    private Transform() {}

    /** The inverse Walsh-Hadamard transform of the luma DCs: to the first coefficient of each of sixteen blocks. */
    static void spreadDc(int[] dc, int[] coefficients) {
        int[] t = new int[Coefficients.SIZE];
        for (int i = 0; i < SIDE; i++) {
            int a0 = dc[i] + dc[12 + i];
            int a1 = dc[4 + i] + dc[8 + i];
            int a2 = dc[4 + i] - dc[8 + i];
            int a3 = dc[i] - dc[12 + i];
            t[i] = a0 + a1;
            t[4 + i] = a3 + a2;
            t[8 + i] = a0 - a1;
            t[12 + i] = a3 - a2;
        }
        for (int i = 0; i < SIDE; i++) {
            int a0 = t[4 * i] + 3 + t[4 * i + 3];
            int a1 = t[4 * i + 1] + t[4 * i + 2];
            int a2 = t[4 * i + 1] - t[4 * i + 2];
            int a3 = t[4 * i] + 3 - t[4 * i + 3];
            int block = SIDE * i * Coefficients.SIZE;
            coefficients[block] = (short) (a0 + a1 >> 3);
            coefficients[block + Coefficients.SIZE] = (short) (a3 + a2 >> 3);
            coefficients[block + 2 * Coefficients.SIZE] = (short) (a0 - a1 >> 3);
            coefficients[block + 3 * Coefficients.SIZE] = (short) (a3 - a2 >> 3);
        }
    }

    /** Adds the inverse cosine transform of a block of coefficients to 4 x 4 pixels. */
    static void add(int[] coefficients, int from, Plane plane, int at) {
        int[] t = new int[Coefficients.SIZE];
        for (int i = 0; i < SIDE; i++) {
            int c0 = coefficients[from + i];
            int c1 = coefficients[from + SIDE + i];
            int c2 = coefficients[from + 2 * SIDE + i];
            int c3 = coefficients[from + 3 * SIDE + i];
            int c = bySine(c1) - byCosine(c3);
            int d = byCosine(c1) + bySine(c3);
            t[SIDE * i] = c0 + c2 + d;
            t[SIDE * i + 1] = c0 - c2 + c;
            t[SIDE * i + 2] = c0 - c2 - c;
            t[SIDE * i + 3] = c0 + c2 - d;
        }
        for (int y = 0; y < SIDE; y++) {
            int row = at + y * plane.stride;
            int a = t[y] + 4 + t[2 * SIDE + y];
            int b = t[y] + 4 - t[2 * SIDE + y];
            int c = bySine(t[SIDE + y]) - byCosine(t[3 * SIDE + y]);
            int d = byCosine(t[SIDE + y]) + bySine(t[3 * SIDE + y]);
            plane.add(row, a + d >> 3);
            plane.add(row + 1, b + c >> 3);
            plane.add(row + 2, b - c >> 3);
            plane.add(row + 3, a - d >> 3);
        }
    }

    /** {@code x sqrt(2) cos(pi / 8)}. */
    private static int byCosine(int x) {
        return x + (x * 20091 >> 16);
    }

    /** {@code x sqrt(2) sin(pi / 8)}. */
    private static int bySine(int x) {
        return x * 35468 >> 16;
    }
}
