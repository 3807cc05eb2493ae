package io.github.clip4j.cli.serve;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;

/** A request's body, which has to come in time and not drop by drop; what fails is told as an {@link ApiException}. */
final class BodyStream extends InputStream {
    /** Bytes a second, on average since the start. */
    private static final long MIN_RATE = 1024;
    /** A small body may come late, from a machine that has much to do. */
    private static final long GRACE_SECONDS = 10;

    private final InputStream body;
    private final Deadline deadline;
    private final long limit;
    private final LongSupplier nanoTime;
    private final long start;
    private long count;

    /** @param limit the most bytes */
    BodyStream(InputStream body, Deadline deadline, long limit, LongSupplier nanoTime) {
        this.body = body;
        this.deadline = deadline;
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        int read;
        try {
            read = body.read(target, offset, length);
        } catch (IOException e) {
            throw failure(e);
        }
        count += Math.max(0, read);
        requireLength(count, limit);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - start);
        if (read >= 0 && (deadline.isOver() || seconds > GRACE_SECONDS && count < seconds * MIN_RATE)) {
            throw slow();
        }
        return read;
    }

    /** @param length -1 where it is not known */
    static void requireLength(long length, long limit) {
        if (length > limit) {
            throw new ApiException(HttpStatus.PAYLOAD_TOO_LARGE_413, "the body has more than " + limit + " bytes");
        }
    }

    private static ApiException failure(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpException refused) {
                return new ApiException(refused.getCode(), refused.getReason());
            }
            if (cause instanceof TimeoutException) {
                return slow();
            }
        }
        return ApiException.badRequest("the body ended early");
    }

    private static ApiException slow() {
        return new ApiException(HttpStatus.REQUEST_TIMEOUT_408, "the body came too slowly");
    }
}
