package io.github.clip4j.webdataset;

/**
 * An image of a tar with what belongs to it.
 *
 * @param key of its members: their name up to the first dot, with the folder they are in
 * @param member the name of the image's member
 * @param size of the image's file in bytes
 * @param image its content
 * @param caption from the member {@code .txt}, null if there is none
 * @param metadata from the member {@code .json}, as it stands there; null if there is none
 */
public record Sample(String key, String member, long size, ImageContent image, String caption, String metadata) {}
