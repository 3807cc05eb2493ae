package io.github.clip4j.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** What is made of a sequence, batch by batch and in order; no more than one batch is held. */
final class Batches<T, R> implements Iterator<R> {
    private final Iterator<T> items;
    private final Function<List<T>, List<R>> make;
    private Iterator<R> made = List.<R>of().iterator();

    Batches(Iterator<T> items, Function<List<T>, List<R>> make) {
        this.items = items;
        this.make = make;
    }

    @Override
    public boolean hasNext() {
        return made.hasNext() || items.hasNext();
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (!made.hasNext()) {
            List<T> batch = new ArrayList<>();
            while (batch.size() < Embedder.BATCH && items.hasNext()) {
                batch.add(items.next());
            }
            made = make.apply(batch).iterator();
        }
        return made.next();
    }
}
