package io.github.clip4j.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AheadTest {
    private static final List<Integer> ITEMS = IntStream.range(0, 100).boxed().toList();

    /** Each even item waits for the one after it. */
    @Test
    void keepsTheOrderHoweverLongEachTakes() {
        List<CountDownLatch> made = ITEMS.stream().map(_ -> new CountDownLatch(1)).toList();
        try (Ahead<Integer, String> ahead = new Ahead<>(ITEMS.iterator(), i -> {
            made.get(i).countDown();
            await(made.get(i % 2 == 0 ? i + 1 : i));
            return "item " + i;
        }, 4, 8)) {
            for (int i : ITEMS) {
                assertEquals("item " + i, ahead.next());
            }
            assertThrows(NoSuchElementException.class, ahead::next);
        }
    }

    /** One thread makes them in order, so the last of them tells that all before it are made. */
    @Test
    void noMoreAreMadeThanTheLimitBeforeOneIsTaken() {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(8);
        Ahead<Integer, Integer> ahead = new Ahead<>(ITEMS.iterator(), i -> {
            full.countDown();
            return made.incrementAndGet();
        }, 1, 8);
        await(full);
        ahead.close();
        assertEquals(8, made.get());
    }

    @Test
    void aFailureIsThatOfItsItemAndTheNextOnesFollow() {
        IllegalStateException broken = new IllegalStateException("broken");
        OutOfMemoryError memory = new OutOfMemoryError("too large");
        try (Ahead<Integer, Integer> ahead = new Ahead<>(List.of(0, 1, 2, 3).iterator(), i -> {
            switch (i) {
                case 1 -> throw broken;
                case 2 -> throw memory;
                default -> {
                    return i;
                }
            }
        }, 2, 2)) {
            assertEquals(0, ahead.next());
            assertSame(broken, assertThrows(IllegalStateException.class, ahead::next));
            assertSame(memory, assertThrows(OutOfMemoryError.class, ahead::next));
            assertEquals(3, ahead.next());
        }
    }

    @Test
    void closingInterruptsAndLeavesTheRest() {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(1);
        Ahead<Integer, Integer> ahead = new Ahead<>(ITEMS.iterator(), i -> {
            made.incrementAndGet();
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return i;
        }, 1, 8);
        await(started);
        ahead.close();
        assertEquals(1, made.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
