package io.github.clip4j.search;

import java.util.List;

/**
 * Images that show the same.
 *
 * @param images the best first, which has the most pixels and, of those, the largest file; then by path
 * @param similarities of each with the one of the group that it is most like, up to 1; 1 where the files are the same
 */
public record DuplicateGroup(List<IndexedImage> images, List<Float> similarities) {}
