package io.github.clip4j.hub;

import io.github.clip4j.hub.HubClient.Metadata;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/** What the hub's answers mean for a model: what is told about a file, or one sentence that says what to do. */
record HubAnswers(HubSettings settings, HubName name) {
    static boolean isBusy(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    /** @param location where the content is */
    Metadata metadata(HttpResponse<Void> response, URI location) {
        HttpHeaders headers = response.headers();
        String commit = headers.firstValue("X-Repo-Commit").orElse("");
        boolean missing = response.statusCode() == 404
                && (code(response).equals("EntryNotFound") || code(response).isEmpty() && !commit.isEmpty());
        if (response.statusCode() >= 400 && !missing) {
            throw new UnavailableException(failure(response).getMessage(), null);
        }
        if (!HubName.isCommit(commit)) {
            throw refuse("its answer has no X-Repo-Commit header as a hub's has; check HF_ENDPOINT and the proxy");
        }
        if (missing) {
            return new Metadata(commit, null, -1, location);
        }
        String etag = headers.firstValue("X-Linked-Etag").or(() -> headers.firstValue("ETag")).orElse("")
                .replaceFirst("^W/", "").replace("\"", "");
        if (!etag.matches("\\w[\\w.+=-]{0,199}")) { // it becomes the name of a file
            throw refuse("its answer has no ETag header that could name a file; check HF_ENDPOINT and the proxy");
        }
        String size = headers.firstValue("X-Linked-Size")
                .or(() -> response.statusCode() == 200 ? headers.firstValue("Content-Length") : Optional.empty())
                .orElse("");
        return new Metadata(commit, etag, size.matches("[0-9]{1,18}") ? Long.parseLong(size) : -1, location);
    }

    private static String code(HttpResponse<?> response) {
        return response.headers().firstValue("X-Error-Code").orElse("");
    }

    /** What to throw for an answer that is an error. */
    HubException failure(HttpResponse<?> response) {
        int status = response.statusCode();
        String page = settings.endpoint() + "/" + name.repository();
        String code = code(response);
        String token = settings.token().isEmpty() ? "HF_TOKEN is not set" : "the token that is set was sent";
        if (code.equals("GatedRepo")) {
            return new HubException(
                    "%s: access has to be granted (status %d): accept its terms at %s and set HF_TOKEN to "
                            .formatted(name, status, page) + "a token of that account; " + token);
        }
        if (code.equals("RevisionNotFound")) {
            return new HubException("%s: the repository has no revision \"%s\" (status %d); see %s for those it has"
                    .formatted(name, name.revision(), status, page));
        }
        if (status == 401 || status == 404) {
            return new HubException(
                    "%s: there is no such folder here and no such model at %s (status %d); check the name, "
                            .formatted(name, settings.endpoint(), status)
                            + "or, if the model is private, set HF_TOKEN to a token "
                            + "that may read it; " + token);
        }
        if (status == 403) {
            return new HubException("%s: %s forbids it (status 403); set HF_TOKEN to a token that may read %s; %s"
                    .formatted(name, response.uri().getHost(), page, token));
        }
        if (status == 407) {
            return new HubException(name + ": the proxy asks for a user and a password (status 407), expected in "
                    + "HTTPS_PROXY as http://USER:PASSWORD@HOST:PORT; Java passes them on for https if it is started "
                    + "with -Djdk.http.auth.tunneling.disabledSchemes=, as the clip command does");
        }
        return isBusy(status)
                ? new HubException("%s: %s is too busy (status %d after %d tries); try again later%s".formatted(
                        name, response.uri().getHost(), status, HubClient.TRIES,
                        status == 429 ? ", or set HF_TOKEN" : ""))
                : refuse("it answers with status " + status + "; check HF_ENDPOINT and the proxy");
    }

    /** What to throw for an answer that no hub gives. */
    HubException refuse(String reason) {
        return new HubException(name + ": cannot be fetched from " + settings.endpoint() + ": " + reason);
    }

    /** What to throw if there is no answer. */
    HubException unreachable(IOException e) {
        return new UnavailableException("%s: is not complete in the cache %s, and %s cannot be reached (%s); check the "
                .formatted(name, settings.cache(), settings.endpoint(), reason(e))
                + "network, HTTPS_PROXY and HF_ENDPOINT",
                e);
    }

    static String reason(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "unknown host";
            }
        }
        return switch (e) {
            case HttpConnectTimeoutException _ -> "no connection in time";
            case HttpTimeoutException _ -> "no answer in time";
            case ConnectException _ -> "no connection";
            default -> ModelFiles.brief(e.getMessage() == null ? e.toString() : e.getMessage());
        };
    }
}
