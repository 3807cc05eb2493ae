/** A small CLIP of aerial photographs that ships inside the jar. */
module io.github.clip4j.aerial {
    requires transitive io.github.clip4j.core;

    exports io.github.clip4j.aerial;
}
