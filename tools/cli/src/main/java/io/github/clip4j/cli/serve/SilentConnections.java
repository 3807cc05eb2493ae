package io.github.clip4j.cli.serve;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Map<Connection, Scheduler.Task> looks = new ConcurrentHashMap<>();

    SilentConnections(Scheduler scheduler, Duration period) {
        this.scheduler = scheduler;
        this.period = period;
    }

    @Override
    public void onOpened(Connection connection) {
        look(connection, 0);
    }

    /** Looks again in a while; what is closed by then is not kept until then. */
    private void look(Connection connection, long before) {
        looks.put(connection, scheduler.schedule(() -> {
            long requests = connection.getMessagesIn();
            if (requests == before && connection.getMessagesOut() == requests) {
                connection.getEndPoint().close();
            } else {
                look(connection, requests);
            }
        }, period.toMillis(), TimeUnit.MILLISECONDS));
        if (!connection.getEndPoint().isOpen()) {
            onClosed(connection);
        }
    }

    @Override
    public void onClosed(Connection connection) {
        Scheduler.Task look = looks.remove(connection);
        if (look != null) {
            look.cancel();
        }
    }
}
