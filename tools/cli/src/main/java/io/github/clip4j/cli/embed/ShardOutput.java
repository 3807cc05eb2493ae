package io.github.clip4j.cli.embed;

import io.github.clip4j.Clip;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.NamedImage;
import io.github.clip4j.cli.vectors.RetrievalFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A folder of shards, in which captions are embedded beside their images; one that is missing counts as empty. */
record ShardOutput(RetrievalFolder folder, boolean captions) implements ImageOutput {
    private record Row(NamedImage image, float[] embedding) {
        String caption() {
            return image.caption() == null ? "" : image.caption();
        }
    }

    @Override
    public int write(Clip clip, List<NamedImage> images, List<float[]> embeddings, Consumer<String> leftOut) {
        List<Row> rows = new ArrayList<>();
        List<int[]> tokens = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            Row row = new Row(images.get(i), embeddings.get(i));
            try {
                if (captions) {
                    tokens.add(clip.tokenize(row.caption()));
                }
                rows.add(row);
            } catch (IllegalArgumentException e) {
                leftOut.accept(row.image().name() + ": " + e.getMessage());
            }
        }
        List<float[]> texts = clip.embedTokens(tokens);
        int taken = 0;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            try {
                folder.add(row.image().name(), row.caption(), row.image().metadata(), row.embedding(),
                        captions ? texts.get(i) : null);
                taken++;
            } catch (DataException e) {
                leftOut.accept(e.getMessage());
            }
        }
        return taken;
    }

    @Override
    public void finish() {
        folder.finish();
    }

    @Override
    public void close() {
        folder.close();
    }
}
