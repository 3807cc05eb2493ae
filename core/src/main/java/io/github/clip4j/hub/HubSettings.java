package io.github.clip4j.hub;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where models come from and where they are kept. The environment's variables are those of huggingface_hub.
 *
 * @param endpoint address of the hub, without a slash at its end
 * @param token goes to the endpoint's host and to no other; empty for none
 * @param cache folder of all models
 * @param offline whether nothing may be fetched
 * @param links whether a snapshot links to the cache's blobs; else it has copies
 * @param metadataTimeout for connections, and for answers that tell about a file
 * @param downloadTimeout for a download of which nothing comes
 * @param pause before the second try, doubled for each that follows
 * @param proxy which proxy an address is reached through
 */
public record HubSettings(URI endpoint, String token, Path cache, boolean offline, boolean links,
        Duration metadataTimeout, Duration downloadTimeout, Duration pause, ProxySelector proxy) {
    private static final Set<String> YES = Set.of("1", "on", "yes", "true");
    private static final int MAX_TOKEN_BYTES = 4096;

    public HubSettings {
        if (!Set.of("http", "https").contains(String.valueOf(endpoint.getScheme())) || endpoint.getHost() == null) {
            throw new HubException("HF_ENDPOINT: expected an http or https address with a host, found " + endpoint);
        }
        if (!token.matches("[!-~]*")) {
            throw new HubException("HF_TOKEN or the token's file: expected printable ASCII characters without blanks, "
                    + "found others; write the token anew");
        }
    }

    /** The settings of this process. */
    public static HubSettings fromEnvironment() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /**
     * What an environment says: {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_TOKEN_PATH}, {@code HF_HOME},
     * {@code HF_HUB_CACHE}, {@code XDG_CACHE_HOME}, {@code HF_HUB_OFFLINE}, {@code HF_HUB_DISABLE_SYMLINKS},
     * {@code HF_HUB_ETAG_TIMEOUT}, {@code HF_HUB_DOWNLOAD_TIMEOUT}, and the proxies of {@link EnvironmentProxy}. One
     * that is empty is as if it were not set.
     *
     * @throws HubException naming the variable that is at fault
     */
    public static HubSettings of(Map<String, String> environment, Path home) {
        Variables variables = new Variables(environment, home);
        Path folder = variables.path("HF_HOME",
                variables.path("XDG_CACHE_HOME", home.resolve(".cache")).resolve("huggingface"));
        String token = variables.text("HF_TOKEN", "").strip();
        return new HubSettings(endpoint(variables.text("HF_ENDPOINT", "https://huggingface.co")),
                token.isEmpty() ? readToken(variables.path("HF_TOKEN_PATH", folder.resolve("token"))) : token,
                variables.path("HF_HUB_CACHE", folder.resolve("hub")).toAbsolutePath(),
                variables.flag("HF_HUB_OFFLINE"), !variables.flag("HF_HUB_DISABLE_SYMLINKS"),
                variables.seconds("HF_HUB_ETAG_TIMEOUT"), variables.seconds("HF_HUB_DOWNLOAD_TIMEOUT"),
                Duration.ofSeconds(1), new EnvironmentProxy(environment));
    }

    private static URI endpoint(String text) {
        try {
            return URI.create(text.replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new HubException("HF_ENDPOINT: expected an http or https address, found " + text, e);
        }
    }

    private static String readToken(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) <= MAX_TOKEN_BYTES
                    ? Files.readString(file).strip()
                    : "";
        } catch (IOException e) {
            throw new HubException(file + ": the token cannot be read: " + e.getMessage()
                    + "; set HF_TOKEN or delete the file", e);
        }
    }

    private record Variables(Map<String, String> environment, Path home) {
        String text(String name, String missing) {
            String value = environment.getOrDefault(name, "");
            return value.isBlank() ? missing : value;
        }

        /** A folder or file, in which {@code ~} is the user's home. */
        Path path(String name, Path missing) {
            String value = text(name, "");
            if (value.equals("~") || value.startsWith("~/")) {
                return home.resolve(value.substring(Math.min(2, value.length())));
            }
            return value.isEmpty() ? missing : Path.of(value);
        }

        boolean flag(String name) {
            return YES.contains(text(name, "").strip().toLowerCase(Locale.ROOT));
        }

        Duration seconds(String name) {
            String value = text(name, "10").strip();
            if (!value.matches("[1-9][0-9]{0,4}")) {
                throw new HubException(name + ": expected a number of seconds, found " + value);
            }
            return Duration.ofSeconds(Integer.parseInt(value));
        }
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HubSettings[endpoint=" + endpoint + ", cache=" + cache + ", offline=" + offline + "]";
    }
}
