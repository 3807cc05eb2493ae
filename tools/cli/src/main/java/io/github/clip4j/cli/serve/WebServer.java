package io.github.clip4j.cli.serve;

import io.github.clip4j.Clip;
import io.github.clip4j.image.ImageDecoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** The page and the API, for as long as it is open. */
public final class WebServer implements AutoCloseable {
    /** What is open at a time; more have to wait until they are accepted. */
    private static final int MAX_CONNECTIONS = 1024;
    /** Waiting requests for each that is in work. */
    private static final int QUEUE = 4;
    /** How long running requests may take to end. */
    private static final Duration STOP = Duration.ofSeconds(4);

    private final Server server;
    private final ServerConnector connector;
    private final Workers workers = new Workers(Runtime.getRuntime().availableProcessors(), "images-");
    private final Workers finder = new Workers(1, "finder-");
    private final Embedder embedder;
    private ExplainAction explain;

    /**
     * Starts a server.
     *
     * @param err where faults are told
     * @throws UncheckedIOException if it cannot listen there
     */
    public WebServer(ServerSettings settings, ServedModel model, PrintWriter err) {
        VirtualThreadPool threads = new VirtualThreadPool();
        threads.setMaxConcurrentTasks(-1);
        server = new Server(threads);
        connector = connector(settings);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
        Log log = new Log(err);
        server.setErrorHandler(new ErrorAnswers(log));
        server.setStopTimeout(STOP.toMillis());
        embedder = new Embedder(model.clip()::embedTokens, model.clip()::embedCrops);
        Guard guard = new Guard(settings.address(), settings.token());
        guard.setHandler(new Handler.Sequence(new PageHandler(), queue(settings, api(settings, model, guard, log))));
        server.setHandler(new GracefulHandler(guard));
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw e instanceof IOException io
                    ? new UncheckedIOException(
                            "%s port %d: cannot listen there: %s".formatted(settings.address().getHostAddress(),
                                    settings.port(),
                                    io.getCause() == null ? io.getMessage() : io.getCause().getMessage()),
                            io)
                    : new IllegalStateException(e);
        }
    }

    private ServerConnector connector(ServerSettings settings) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector listening = new ServerConnector(server, new HttpConnectionFactory(http));
        listening.setHost(settings.address().getHostAddress());
        listening.setPort(settings.port());
        listening.setIdleTimeout(settings.idle().toMillis());
        listening.addBean(new SilentConnections(listening.getScheduler(), settings.idle()));
        return listening;
    }

    private ApiHandler api(ServerSettings settings, ServedModel model, Guard guard, Log log) {
        Clip clip = model.clip();
        ImageDecoder decoder = new ImageDecoder(settings.maxPixels(), ImageDecoder.DEFAULT_MAX_BYTES);
        Album album = new Album(model.index(), log);
        ImageDecoder asSeen = decoder.withExifOrientation(true); // as clip index has it
        Embeddings embeddings = new Embeddings(clip, asSeen, workers, embedder);
        ImageActions images = new ImageActions(album, asSeen, workers);
        explain = new ExplainAction(model.explainer(), asSeen, album, finder);
        return new ApiHandler(settings.timeout(), settings.maxBody())
                .with("POST", Guard.LOGIN, guard::login)
                .with("GET", "/api/info", new InfoAction(settings, model, album))
                .with("POST", "/api/search", new SearchAction(album, asSeen, embeddings, workers, log))
                .with("POST", "/api/classify", new ClassifyAction(model, album, embeddings))
                .with("POST", "/api/find", new FindAction(clip, decoder, settings.maxPixels(), album, finder))
                .with("POST", "/api/explain", explain)
                .with("GET", "/api/images/{id}", images::file)
                .with("GET", "/api/images/{id}/thumbnail", images::thumbnail);
    }

    private static QoSHandler queue(ServerSettings settings, Handler next) {
        QoSHandler queue = new QoSHandler(next) {
            @Override
            protected void reject(Request request, Response response, Callback callback, int status) {
                ErrorAnswers.refuse(request, response, callback, ApiException.overloaded(ErrorAnswers.BUSY));
            }
        };
        queue.setMaxRequestCount(settings.maxRequests());
        queue.setMaxSuspendedRequestCount(QUEUE * settings.maxRequests());
        queue.setMaxSuspend(settings.timeout());
        return queue;
    }

    /** Where the page is. */
    public URI address() {
        String host = connector.getHost();
        return URI.create("http://%s:%d/".formatted(host.contains(":") ? "[" + host + "]" : host,
                connector.getLocalPort()));
    }

    /** Accepts no more requests and waits a while for those that run. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            workers.close();
            finder.close();
            embedder.close();
            explain.close();
        }
    }
}
