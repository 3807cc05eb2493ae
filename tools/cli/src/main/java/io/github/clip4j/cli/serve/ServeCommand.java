package io.github.clip4j.cli.serve;

import io.github.clip4j.cli.search.IndexOption;
import io.github.clip4j.cli.shared.LazyModel;
import io.github.clip4j.cli.shared.ModelOptions;
import io.github.clip4j.cli.shared.UsageException;
import io.github.clip4j.search.ImageIndex;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "serve", description = "A page and a JSON API: search an index of images, classify, find in an image.",
        footerHeading = "%nExample:%n", footer = "  clip serve --index photos-index --port 8080")
public final class ServeCommand implements Callable<Integer> {
    private static final int MIN_TOKEN = 8;
    /** How long a connection may be silent. */
    private static final int IDLE_SECONDS = 15;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @ArgGroup
    private IndexOption index;

    @Option(names = "--port", paramLabel = "N", defaultValue = "8080",
            description = "Port to listen at, 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--bind", paramLabel = "ADDRESS", defaultValue = "127.0.0.1",
            description = "Address to listen at; others than this machine's own need a token (default: ${DEFAULT-VALUE}).")
    private String bind;

    @Option(names = "--token", paramLabel = "T",
            description = "What requests have to show, at least 8 characters; other users may see it in the list of "
                    + "processes, so better set the variable CLIP_TOKEN.")
    private String token = System.getenv("CLIP_TOKEN");

    @Option(names = "--max-body", paramLabel = "MB", defaultValue = "32",
            description = "The largest request, in megabytes (default: ${DEFAULT-VALUE}).")
    private int maxBody;

    @Option(names = "--max-pixels", paramLabel = "M", defaultValue = "50",
            description = "The largest image, in millions of pixels (default: ${DEFAULT-VALUE}).")
    private int maxPixels;

    @Option(names = "--timeout", paramLabel = "S", defaultValue = "60",
            description = "How long a request may take, in seconds (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(names = "--max-requests", paramLabel = "N", defaultValue = "64",
            description = "Requests in work at a time; four times as many wait, others are told to come again"
                    + " (default: ${DEFAULT-VALUE}).")
    private int maxRequests;

    @Override
    public Integer call() {
        ServerSettings settings = settings();
        model.check();
        PrintWriter out = spec.commandLine().getOut();
        try (LazyModel lazy = model.lazy();
                ImageIndex images = index == null ? null : open(index, lazy);
                WebServer server = new WebServer(settings,
                        new ServedModel(model.name(), lazy.get(), model.template(), model.calibration(),
                                model::explainer,
                                Optional.ofNullable(images)),
                        spec.commandLine().getErr())) {
            stopAtTheEnd(server);
            out.println(
                    "Serving " + (images == null ? "" : String.format(Locale.ROOT, "%,d images with ", images.size()))
                            + model.name() + " at " + server.address());
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /** When the process is told to end, running requests end first, and that is a success. */
    private static void stopAtTheEnd(WebServer server) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            Runtime.getRuntime().halt(0);
        }));
    }

    private static ImageIndex open(IndexOption option, LazyModel model) {
        ImageIndex images = ImageIndex.open(option.folder());
        try {
            images.requireModel(model.id());
            return images;
        } catch (Throwable e) {
            images.close();
            throw e;
        }
    }

    private ServerSettings settings() {
        require("--port", port, 0, 65_535);
        require("--max-body", maxBody, 1, 1024);
        require("--max-pixels", maxPixels, 1, 2000);
        require("--timeout", timeout, 1, 3600);
        require("--max-requests", maxRequests, 1, 10_000);
        InetAddress address;
        try {
            address = InetAddress.getByName(bind);
        } catch (UnknownHostException e) {
            throw new UsageException("--bind " + bind + ": is no address of this machine, such as 127.0.0.1");
        }
        if (token != null && !token.matches("\\p{Graph}{" + MIN_TOKEN + ",}")) {
            throw new UsageException("--token or CLIP_TOKEN: expected " + MIN_TOKEN
                    + " or more letters, digits and signs without spaces");
        }
        if (token == null && !address.isLoopbackAddress()) {
            throw new UsageException("--bind " + bind + ": whoever reaches this address could use the server; give a "
                    + "--token, or stay with 127.0.0.1");
        }
        return new ServerSettings(address, port, token, (long) maxBody << 20, maxPixels * 1_000_000L,
                Duration.ofSeconds(timeout), Duration.ofSeconds(Math.min(timeout, IDLE_SECONDS)), maxRequests);
    }

    private static void require(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new UsageException("%s %d: expected %d to %d".formatted(option, value, min, max));
        }
    }
}
