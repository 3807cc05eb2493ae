package io.github.clip4j.bench;

import io.github.clip4j.model.ClipModel;
import io.github.clip4j.model.Trace;
import java.util.List;

/** An implementation of CLIP's two towers, to be timed on the same weights and the same inputs as the others. */
interface Peer {
    /** Name and version. */
    String name();

    /** @param pixels [n, channels, imageSize, imageSize] */
    Answer images(float[] pixels, int n) throws Exception;

    /** @param texts token ids of each, with start and end token */
    Answer texts(List<int[]> texts) throws Exception;

    /**
     * @param features [items, projection], not of unit length
     * @param seconds from inputs in the form that the implementation takes to the features
     */
    record Answer(float[] features, double seconds) {}

    /** Seconds since a {@link System#nanoTime()}. */
    static double seconds(long since) {
        return 1e-9 * (System.nanoTime() - since);
    }

    /** This project. */
    record Clip4j(ClipModel model) implements Peer {
        @Override
        public String name() {
            return "clip4j";
        }

        @Override
        public Answer images(float[] pixels, int n) {
            long start = System.nanoTime();
            float[] features = model.imageFeatures(pixels, n, Trace.NONE);
            return new Answer(features, seconds(start));
        }

        @Override
        public Answer texts(List<int[]> texts) {
            long start = System.nanoTime();
            float[] features = model.textFeatures(texts, Trace.NONE);
            return new Answer(features, seconds(start));
        }
    }
}
