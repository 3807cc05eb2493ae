package io.github.clip4j.checkpoint;

/**
 * The architecture of a CLIP checkpoint, the contents of {@code config.json}.
 *
 * @param projection width of the shared embedding space
 */
public record ClipConfig(VisionConfig vision, TextConfig text, int projection) {}
