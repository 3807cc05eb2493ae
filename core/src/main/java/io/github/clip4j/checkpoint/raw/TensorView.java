package io.github.clip4j.checkpoint.raw;

import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * Elements of another tensor in an order of its own, read where they are: element [i0, i1, ...] is the base's element
 * number {@code offset + i0 * strides[0] + i1 * strides[1] + ...}. Renames, slices and transposes without a copy.
 */
public final class TensorView implements Tensor {
    private final Tensor base;
    private final String name;
    private final List<Long> shape;
    private final List<Long> strides;
    private final long offset;
    private final long size;
    /** Whether the elements lie one after the other. */
    private final boolean contiguous;

    /** @param strides one for each dimension, 0 or more; every element that the shape has is one of the base's */
    public TensorView(Tensor base, String name, List<Long> shape, List<Long> strides, long offset) {
        this.base = base;
        this.name = name;
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
        this.size = Tensor.super.size();
        this.contiguous = strides.equals(rowMajor(shape));
    }

    /** All of a tensor. */
    public static TensorView of(Tensor tensor) {
        return tensor instanceof TensorView view
                ? view
                : new TensorView(tensor, tensor.name(), tensor.shape(), rowMajor(tensor.shape()), 0);
    }

    /** The strides of a tensor whose elements lie one after the other. */
    public static List<Long> rowMajor(List<Long> shape) {
        List<Long> strides = new ArrayList<>();
        long stride = 1;
        for (long dimension : shape.reversed()) {
            strides.add(stride);
            stride *= dimension;
        }
        Collections.reverse(strides);
        return List.copyOf(strides);
    }

    public TensorView named(String other) {
        return new TensorView(base, other, shape, strides, offset);
    }

    /** Elements [from, from + count) of the first dimension. */
    public TensorView rows(long from, long count) {
        Objects.checkFromIndexSize(from, count, shape.getFirst());
        List<Long> part = new ArrayList<>(shape);
        part.set(0, count);
        return new TensorView(base, name, List.copyOf(part), strides, offset + from * strides.getFirst());
    }

    /** The dimensions in another order: dimension i of the result is dimension {@code axes[i]} of this. */
    public TensorView permuted(int... axes) {
        return new TensorView(base, name, Arrays.stream(axes).mapToObj(shape::get).toList(),
                Arrays.stream(axes).mapToObj(strides::get).toList(), offset);
    }

    /** The only element, without dimensions. */
    public TensorView scalar() {
        if (size != 1) {
            throw new IllegalArgumentException("tensor " + name + " of the shape " + shape + " is not one element");
        }
        return new TensorView(base, name, List.of(), List.of(), offset);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Long> shape() {
        return shape;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public DType dtype() {
        return base.dtype();
    }

    @Override
    public void read(long from, float[] target, int at, int count) {
        Objects.checkFromIndexSize(from, count, size);
        Objects.checkFromIndexSize(at, count, target.length);
        if (contiguous) {
            base.read(offset + from, target, at, count);
            return;
        }
        long inner = shape.getLast();
        long stride = strides.getLast();
        for (int done = 0; done < count;) {
            int run = (int) Math.min(count - done, inner - (from + done) % inner);
            long start = position(from + done);
            if (stride == 1) {
                base.read(start, target, at + done, run);
            } else {
                for (int i = 0; i < run; i++) {
                    base.read(start + i * stride, target, at + done + i, 1);
                }
            }
            done += run;
        }
    }

    /** Whether this is a matrix [rows, all other dimensions] whose columns lie side by side in the base. */
    public boolean hasColumns() {
        return shape.size() > 1 && strides.getFirst() == 1 && strides.getLast() != 1;
    }

    /** Copies elements of a column from the row {@code first} on. */
    public void readColumn(long column, int first, float[] target, int at, int count) {
        Objects.checkFromIndexSize(first, count, shape.getFirst());
        base.read(position(column) + first, target, at, count);
    }

    /** Where an element of this tensor is in the base. */
    private long position(long index) {
        long position = offset;
        long rest = index;
        for (int d = shape.size() - 1; d >= 0; d--) {
            position += rest % shape.get(d) * strides.get(d);
            rest /= shape.get(d);
        }
        return position;
    }

    @Override
    public double[] doubles() {
        double[] all = base.doubles();
        return LongStream.range(0, ArrayLength.of(this)).mapToDouble(i -> all[Math.toIntExact(position(i))]).toArray();
    }

    @Override
    public long[] longs() {
        long[] all = base.longs();
        return LongStream.range(0, ArrayLength.of(this)).map(i -> all[Math.toIntExact(position(i))]).toArray();
    }

    @Override
    public void unload() {
        base.unload();
    }
}
