package io.github.clip4j.cli.embed;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Land from above, drawn: woods, fields, meadows and houses in blocks between roads, and two blocks of storage tanks. */
final class DrawnScene {
    static final int BLOCK = 300;
    private static final int COLUMNS = 6;
    private static final int ROWS = 4;

    private final Random random = new Random(5);
    private final BufferedImage image = new BufferedImage(COLUMNS * BLOCK, ROWS * BLOCK, BufferedImage.TYPE_3BYTE_BGR);
    private final Graphics2D pen = image.createGraphics();

    private DrawnScene() {
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    }

    /** Writes it as PNG: tanks are in the blocks of column 2, row 1 and of column 4, row 2. */
    static Path write(Path file) throws IOException {
        ImageIO.write(new DrawnScene().draw(), "png", file.toFile());
        return file;
    }

    private BufferedImage draw() {
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                int x = column * BLOCK;
                int y = row * BLOCK;
                boolean tanks = column == 2 && row == 1 || column == 4 && row == 2;
                switch (tanks ? 4 : (column * 7 + row * 5) % 4) {
                    case 0 -> woods(x, y);
                    case 1 -> field(x, y);
                    case 2 -> fill(x, y, BLOCK, BLOCK, new Color(110, 120, 80));
                    case 3 -> houses(x, y);
                    default -> tanks(x, y);
                }
            }
        }
        roads();
        noise();
        return image;
    }

    private void fill(int x, int y, int width, int height, Color color) {
        pen.setColor(color);
        pen.fillRect(x, y, width, height);
    }

    private void disc(int x, int y, int size, Color color) {
        pen.setColor(color);
        pen.fillOval(x, y, size, size);
    }

    /** A color that is lighter by up to {@code range}. */
    private Color lighter(int red, int green, int blue, int range) {
        int light = random.nextInt(range);
        return new Color(red + light, green + light, blue + light);
    }

    private void woods(int x, int y) {
        fill(x, y, BLOCK, BLOCK, new Color(70, 95, 55));
        for (int i = 0; i < 500; i++) {
            int size = 10 + random.nextInt(16);
            disc(x + random.nextInt(BLOCK - size), y + random.nextInt(BLOCK - size), size, lighter(30, 60, 30, 30));
        }
    }

    private void field(int x, int y) {
        for (int furrow = 0; furrow < BLOCK; furrow += 12) {
            fill(x, y + furrow, BLOCK, 12, lighter(130, 125, 80, 25));
        }
    }

    private void houses(int x, int y) {
        fill(x, y, BLOCK, BLOCK, new Color(95, 100, 90));
        for (int i = 0; i < 36; i++) {
            int left = x + 10 + i % 6 * 48;
            int top = y + 10 + i / 6 * 48;
            fill(left + 4, top + 4, 32, 26, new Color(40, 45, 40)); // shadow
            fill(left, top, 32, 13, lighter(140, 90, 80, 50));
            fill(left, top + 13, 32, 13, lighter(120, 70, 60, 50));
        }
    }

    private void tanks(int x, int y) {
        fill(x, y, BLOCK, BLOCK, new Color(150, 145, 135));
        for (int i = 0; i < 16; i++) {
            int left = x + 20 + i % 4 * 66;
            int top = y + 20 + i / 4 * 66;
            disc(left + 6, top + 6, 54, new Color(70, 70, 70)); // shadow
            disc(left, top, 54, new Color(235, 235, 230));
            disc(left + 15, top + 15, 24, new Color(205, 205, 200));
        }
    }

    private void roads() {
        pen.setColor(new Color(125, 125, 125));
        pen.setStroke(new BasicStroke(14));
        for (int i = 0; i <= COLUMNS; i++) {
            pen.drawLine(i * BLOCK, 0, i * BLOCK, ROWS * BLOCK);
            pen.drawLine(0, i * BLOCK, COLUMNS * BLOCK, i * BLOCK);
        }
    }

    private void noise() {
        int[] pixel = new int[3];
        for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
            image.getRaster().getPixel(i % image.getWidth(), i / image.getWidth(), pixel);
            int change = random.nextInt(17) - 8;
            for (int c = 0; c < 3; c++) {
                pixel[c] = Math.clamp(pixel[c] + change, 0, 255);
            }
            image.getRaster().setPixel(i % image.getWidth(), i / image.getWidth(), pixel);
        }
    }
}
