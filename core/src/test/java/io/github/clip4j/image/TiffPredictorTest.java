package io.github.clip4j.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** A TIFF with a predictor shows what the same samples without one show. */
class TiffPredictorTest {
    private static final int WIDTH = 13;
    private static final int HEIGHT = 9;
    private static final int STRIP = 4;

    private record Layout(ByteOrder order, int bands, int bits, int format, int predictor) {
        int rowBytes() {
            return WIDTH * bands * bits / 8;
        }

        /** Rows of samples in the file's byte order as a TIFF in strips. */
        byte[] tiff(byte[] samples) {
            ByteArrayOutputStream strips = new ByteArrayOutputStream();
            int count = Math.ceilDiv(HEIGHT, STRIP);
            int[] offsets = new int[count];
            int[] lengths = new int[count];
            for (int i = 0; i < count; i++) {
                int from = i * STRIP * rowBytes();
                byte[] strip = deflated(
                        Arrays.copyOfRange(samples, from, Math.min(samples.length, from + STRIP * rowBytes())));
                offsets[i] = 8 + strips.size();
                lengths[i] = strip.length;
                strips.writeBytes(strip);
            }
            ByteBuffer file = ByteBuffer.allocate(8 + strips.size() + 1000).order(order);
            file.put(order == ByteOrder.LITTLE_ENDIAN ? "II".getBytes() : "MM".getBytes()).putShort((short) 42)
                    .putInt(8 + strips.size()).put(strips.toByteArray());
            int arrays = file.position() + 2 + 12 * 12 + 4;
            file.putShort((short) 12);
            entry(file, 256, WIDTH);
            entry(file, 257, HEIGHT);
            array(file, 258, 3, bands, arrays);
            entry(file, 259, 8);
            entry(file, 262, bands == 1 ? 1 : bands == 3 ? 2 : 5);
            array(file, 273, 4, count, arrays + 12);
            entry(file, 277, bands);
            entry(file, 278, STRIP);
            array(file, 279, 4, count, arrays + 24);
            entry(file, 284, 1);
            entry(file, 317, predictor);
            entry(file, 339, format);
            file.putInt(0);
            for (int i = 0; i < 6; i++) {
                file.putShort((short) bits);
            }
            for (int[] numbers : new int[][]{offsets, lengths}) {
                for (int number : numbers) {
                    file.putInt(number);
                }
            }
            if (bands == 1) { // one number stands in its entry
                file.putShort(8 + strips.size() + 2 + 2 * 12 + 8, (short) bits);
            }
            return Arrays.copyOf(file.array(), file.position());
        }

        private static void entry(ByteBuffer file, int tag, int value) {
            file.putShort((short) tag).putShort((short) 3).putInt(1).putShort((short) value).putShort((short) 0);
        }

        private static void array(ByteBuffer file, int tag, int type, int count, int at) {
            file.putShort((short) tag).putShort((short) type).putInt(count).putInt(at);
        }

        private static byte[] deflated(byte[] bytes) {
            Deflater deflater = new Deflater();
            deflater.setInput(bytes);
            deflater.finish();
            byte[] deflated = new byte[2 * bytes.length + 100];
            return Arrays.copyOf(deflated, deflater.deflate(deflated));
        }

        Layout plain() {
            return new Layout(order, bands, bits, format, 1);
        }

        /** Each sample less the one to its left. */
        byte[] differences(byte[] samples) {
            ByteBuffer from = ByteBuffer.wrap(samples).order(order);
            ByteBuffer to = ByteBuffer.allocate(samples.length).order(order);
            for (int i = 0; i < samples.length / 2; i++) {
                boolean first = i % (WIDTH * bands) < bands;
                to.putShort((short) (from.getShort(2 * i) - (first ? 0 : from.getShort(2 * (i - bands)))));
            }
            return to.array();
        }

        /** All first bytes of a row, all second ones..., each less the byte before it. */
        byte[] floatDifferences(byte[] samples) {
            byte[] differences = new byte[samples.length];
            for (int y = 0; y < HEIGHT; y++) {
                byte[] row = new byte[rowBytes()];
                for (int x = 0; x < WIDTH; x++) {
                    for (int plane = 0; plane < 4; plane++) {
                        int significant = order == ByteOrder.BIG_ENDIAN ? plane : 3 - plane;
                        row[plane * WIDTH + x] = samples[y * rowBytes() + 4 * x + significant];
                    }
                }
                for (int i = 0; i < row.length; i++) {
                    differences[y * rowBytes() + i] = (byte) (row[i] - (i == 0 ? 0 : row[i - 1]));
                }
            }
            return differences;
        }
    }

    private static final ByteOrder[] ORDERS = {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN};

    @Test
    void wholeNumbers() {
        for (ByteOrder order : ORDERS) {
            for (int bands : new int[]{1, 3}) {
                Layout layout = new Layout(order, bands, 16, 1, 2);
                byte[] samples = new byte[layout.rowBytes() * HEIGHT];
                new Random(bands).nextBytes(samples);
                assertArrayEquals(new ImageDecoder().decode(layout.plain().tiff(samples), "plain").pixels(),
                        new ImageDecoder().decode(layout.tiff(layout.differences(samples)), "x").pixels(),
                        layout.toString());
            }
        }
    }

    /** Of 16 bits the upper 8 count, as in RGB; the JDK takes such a file for RGB. */
    @Test
    void cmykOf16Bits() {
        for (ByteOrder order : ORDERS) {
            Layout layout = new Layout(order, 4, 16, 1, 2);
            byte[] samples = new byte[layout.rowBytes() * HEIGHT];
            new Random(6).nextBytes(samples);
            byte[] upper = new byte[samples.length / 2];
            for (int i = 0; i < upper.length; i++) {
                upper[i] = samples[2 * i + (order == ByteOrder.BIG_ENDIAN ? 0 : 1)];
            }
            assertArrayEquals(RasterColors.cmyk(upper, WIDTH, HEIGHT, 4).pixels(),
                    new ImageDecoder().decode(layout.tiff(layout.differences(samples)), "x").pixels());
        }
    }

    @Test
    void floats() {
        for (ByteOrder order : ORDERS) {
            Layout layout = new Layout(order, 1, 32, 3, 3);
            ByteBuffer samples = ByteBuffer.allocate(layout.rowBytes() * HEIGHT).order(order);
            Random random = new Random(4);
            while (samples.hasRemaining()) {
                samples.putFloat(300 * random.nextFloat() - 20);
            }
            assertArrayEquals(new ImageDecoder().decode(layout.plain().tiff(samples.array()), "plain").pixels(),
                    new ImageDecoder().decode(layout.tiff(layout.floatDifferences(samples.array())), "x").pixels(),
                    layout.toString());
        }
    }

    @Test
    void damagedFilesAreTold() {
        Layout layout = new Layout(ByteOrder.LITTLE_ENDIAN, 3, 16, 1, 2);
        byte[] samples = new byte[layout.rowBytes() * HEIGHT];
        byte[] tiff = layout.tiff(samples);
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            byte[] damaged = tiff.clone();
            damaged[random.nextInt(tiff.length)] = (byte) random.nextInt();
            try {
                new ImageDecoder().decode(damaged, "x");
            } catch (ImageException e) {
                // what is wrong with it
            }
        }
        assertThrows(ImageException.class, () -> new ImageDecoder().decode(Arrays.copyOf(tiff, tiff.length / 3), "x"));
    }
}
