package io.github.clip4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clip4j.image.RgbImage;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CropsTest {
    private static final List<String> NAMES = IntStream.range(0, 100).mapToObj(Integer::toString).toList();

    /** An image of one pixel that shows which name it is of. */
    private static RgbImage pixel(String name) {
        return new RgbImage(1, 1, new byte[]{Byte.parseByte(name), 0, 0});
    }

    @Test
    void keepTheirOrderHoweverLongEachTakes() {
        try (Crops crops = new Crops(NAMES, name -> {
            sleep(Integer.parseInt(name) % 3);
            return pixel(name);
        }, 4, 8)) {
            for (String name : NAMES) {
                assertEquals(name, Byte.toString(crops.next().pixels()[0]));
            }
            assertThrows(NoSuchElementException.class, crops::next);
        }
    }

    @Test
    void noMoreAreMadeThanTheLimitBeforeOneIsTaken() {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(8);
        try (Crops crops = new Crops(NAMES, name -> {
            made.incrementAndGet();
            full.countDown();
            return pixel(name);
        }, 2, 8)) {
            await(full);
            sleep(50);
            assertEquals(8, made.get());
            crops.next();
        }
    }

    @Test
    void aFailureIsThatOfItsNameAndTheNextOnesFollow() {
        DataException broken = new DataException("broken");
        OutOfMemoryError memory = new OutOfMemoryError("too large");
        try (Crops crops = new Crops(List.of("0", "1", "2", "3"), name -> {
            switch (name) {
                case "1" -> throw broken;
                case "2" -> throw memory;
                default -> {
                    return pixel(name);
                }
            }
        }, 2, 2)) {
            assertEquals(0, crops.next().pixels()[0]);
            assertSame(broken, assertThrows(DataException.class, crops::next));
            assertSame(memory, assertThrows(OutOfMemoryError.class, crops::next));
            assertEquals(3, crops.next().pixels()[0]);
        }
    }

    @Test
    void closingLeavesTheRest() {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(1);
        Crops crops = new Crops(NAMES, name -> {
            made.incrementAndGet();
            started.countDown();
            sleep(Duration.ofMinutes(1).toMillis());
            return pixel(name);
        }, 1, 8);
        await(started);
        crops.close();
        assertEquals(1, made.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
