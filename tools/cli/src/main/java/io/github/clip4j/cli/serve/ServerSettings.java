package io.github.clip4j.cli.serve;

import java.net.InetAddress;
import java.time.Duration;

/**
 * Where a server listens and what it does not exceed.
 *
 * @param port 0 for any that is free
 * @param token what a request has to show, or null for nothing
 * @param maxBody bytes of a request's body
 * @param maxPixels width times height of an image
 * @param timeout of a request, from its headers to the answer
 * @param idle how long a connection may be silent
 * @param maxRequests in work at a time; four times as many wait
 */
public record ServerSettings(InetAddress address, int port, String token, long maxBody, long maxPixels,
        Duration timeout, Duration idle, int maxRequests) {}
