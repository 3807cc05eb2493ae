package io.github.clip4j.cli.serve;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections on which no whole request comes in time, however busily parts of one drop in: a connection that
 * waits for a request and has got none since the last look, one period ago.
 */
final class SilentConnections implements Connection.Listener {
    private final Scheduler scheduler;
    private final Duration period;

    SilentConnections(Scheduler scheduler, Duration period) {
        this.scheduler = scheduler;
        this.period = period;
    }

    @Override
    public void onOpened(Connection connection) {
        look(connection, 0);
    }

    private void look(Connection connection, long before) {
        scheduler.schedule(() -> {
            long requests = connection.getMessagesIn();
            if (!connection.getEndPoint().isOpen()) {
                return;
            }
            if (requests == before && connection.getMessagesOut() == requests) {
                connection.getEndPoint().close();
            } else {
                look(connection, requests);
            }
        }, period.toMillis(), TimeUnit.MILLISECONDS);
    }
}
