package io.github.clip4j.search;

import io.github.clip4j.image.ImageDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An image that was found, and those of the others that show the same.
 *
 * @param hit the best of them, see {@link DuplicateGroup}
 */
public record CollapsedHit(Hit hit, List<IndexedImage> others) {
    /**
     * One hit of each group of duplicates, in the place of the first of them.
     *
     * @param decoder of the files, which are read
     * @param threads to read and compare with
     * @param leftOut is told what files cannot be read any more, which then stand for themselves
     */
    public static List<CollapsedHit> of(List<Hit> hits, ImageIndex index, ImageDecoder decoder, int threads,
            Consumer<String> leftOut) {
        List<DuplicateGroup> groups = Duplicates.among(hits.stream().map(Hit::image).toList(), index,
                Duplicates.DEFAULT_THRESHOLD, decoder, threads, new Duplicates.Listener() {
                    @Override
                    public void advanced(int count) {}

                    @Override
                    public void leftOut(String message) {
                        leftOut.accept(message);
                    }
                });
        Map<IndexedImage, DuplicateGroup> groupOf = new HashMap<>();
        groups.forEach(group -> group.images().forEach(image -> groupOf.put(image, group)));
        Map<IndexedImage, Hit> hitOf = hits.stream().collect(Collectors.toMap(Hit::image, Function.identity()));
        Set<DuplicateGroup> shown = new HashSet<>();
        List<CollapsedHit> collapsed = new ArrayList<>();
        for (Hit hit : hits) {
            DuplicateGroup group = groupOf.get(hit.image());
            if (group == null) {
                collapsed.add(new CollapsedHit(hit, List.of()));
            } else if (shown.add(group)) {
                collapsed.add(new CollapsedHit(hitOf.get(group.images().getFirst()),
                        group.images().subList(1, group.images().size())));
            }
        }
        return collapsed;
    }
}
