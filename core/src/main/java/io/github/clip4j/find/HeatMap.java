package io.github.clip4j.find;

import io.github.clip4j.image.PilResize;
import io.github.clip4j.image.RgbImage;
import java.util.List;

/**
 * A picture of where in an image a text is found. Heat is the mean score of the tiles over a place, each weighted by
 * {@code (1 - |2u - 1|) (1 - |2v - 1|)}, where the place is at u and v of its sides, 0 to 1; so overlapping tiles blend
 * and others stay as they are. Colours are viridis over the gray picture, from 0 to 100 %, with a scale below it; the
 * best tiles are framed and numbered.
 */
public final class HeatMap {
    /** The longer side of the picture. */
    private static final int SIZE = 1200;
    /** How much of a pixel's colour is heat where there is none, and how much more at 100 %; the rest is the picture. */
    private static final double OPACITY = 0.3;
    private static final double MORE_OPACITY = 0.4;
    private static final int MARGIN = 12;
    private static final int BAR_WIDTH = 240;
    private static final int BAR_HEIGHT = 14;
    private static final int DOT = 2;
    private static final int WHITE = 0xffffff;
    private static final int BLACK = 0x000000;

    private final Findings findings;
    private final RgbImage picture;
    private final int width;
    private final int height;

    private HeatMap(Findings findings) {
        double scale = (double) SIZE / Math.max(findings.width(), findings.height());
        this.findings = findings;
        this.width = (int) Math.max(1, Math.round(scale * findings.width()));
        this.height = (int) Math.max(1, Math.round(scale * findings.height()));
        this.picture = PilResize.resize(findings.overview(), width, height);
    }

    /** Draws the map; the {@code framed} are numbered in their order. */
    public static RgbImage draw(Findings findings, List<Match> framed) {
        return new HeatMap(findings).draw(framed);
    }

    private RgbImage draw(List<Match> framed) {
        int legend = Canvas.textHeight(DOT) + BAR_HEIGHT + 3 * MARGIN;
        Canvas canvas = new Canvas(Math.max(width, BAR_WIDTH + 2 * MARGIN), height + legend, WHITE);
        float[] heat = heat();
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++, i++) {
                double gray = gray(picture.pixels(), 3 * i);
                canvas.set(x, y, blend(gray, heat[i], 0), blend(gray, heat[i], 1), blend(gray, heat[i], 2));
            }
        }
        for (int i = framed.size(); i > 0; i--) {
            frame(canvas, framed.get(i - 1).tile(), Integer.toString(i));
        }
        legend(canvas);
        return canvas.image();
    }

    /** Luma of a pixel, ITU-R BT.601. */
    private static double gray(byte[] pixels, int p) {
        return 0.299 * (pixels[p] & 0xff) + 0.587 * (pixels[p + 1] & 0xff) + 0.114 * (pixels[p + 2] & 0xff);
    }

    private static int blend(double gray, double heat, int channel) {
        double opacity = OPACITY + MORE_OPACITY * heat;
        return (int) Math.round((1 - opacity) * gray + opacity * Viridis.channel(heat, channel));
    }

    /** Heat of each pixel of the picture. */
    private float[] heat() {
        float[] sums = new float[width * height];
        float[] weights = new float[width * height];
        for (Match match : findings.matches()) {
            Tile tile = match.tile();
            int top = toPicture(tile.y());
            int bottom = Math.max(top + 1, toPicture(tile.y() + tile.size()));
            int left = toPicture(tile.x());
            int right = Math.max(left + 1, toPicture(tile.x() + tile.size()));
            for (int y = Math.max(0, top); y < Math.min(height, bottom); y++) {
                double v = 1 - Math.abs((2.0 * (y - top) + 1) / (bottom - top) - 1);
                for (int x = Math.max(0, left); x < Math.min(width, right); x++) {
                    double u = 1 - Math.abs((2.0 * (x - left) + 1) / (right - left) - 1);
                    int i = y * width + x;
                    sums[i] += (float) (u * v * match.score());
                    weights[i] += (float) (u * v);
                }
            }
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] = weights[i] == 0 ? 0 : sums[i] / weights[i];
        }
        return sums;
    }

    /** From pixels of the image to those of the picture. */
    private int toPicture(int length) {
        return (int) Math.round((double) length * SIZE / Math.max(findings.width(), findings.height()));
    }

    /** The number is above the frame, or inside where there is no room. */
    private void frame(Canvas canvas, Tile tile, String number) {
        int left = toPicture(tile.x());
        int top = toPicture(tile.y());
        int size = Math.max(1, toPicture(tile.size()));
        canvas.frame(left, top, size, size, 3, BLACK);
        canvas.frame(left, top, size, size, 2, WHITE);
        int columns = Canvas.textWidth(number, DOT) + 6;
        int rows = Canvas.textHeight(DOT) + 6;
        int label = top < rows ? top : top - rows;
        canvas.fill(left, label, columns, rows, WHITE);
        canvas.text(number, left + 3, label + 3, DOT, BLACK);
    }

    private void legend(Canvas canvas) {
        int top = height + MARGIN;
        for (int x = 0; x < BAR_WIDTH; x++) {
            double heat = (x + 0.5) / BAR_WIDTH;
            for (int y = 0; y < BAR_HEIGHT; y++) {
                canvas.set(MARGIN + x, top + y, blend(128, heat, 0), blend(128, heat, 1), blend(128, heat, 2));
            }
        }
        for (int percent : new int[]{0, 50, 100}) {
            String label = percent + "%";
            int place = MARGIN + (BAR_WIDTH - Canvas.textWidth(label, DOT)) * percent / 100;
            canvas.text(label, place, top + BAR_HEIGHT + MARGIN, DOT, BLACK);
        }
    }
}
