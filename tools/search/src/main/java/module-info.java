/** An index of photographs that are found by a sentence or by another photograph. */
module io.github.clip4j.search {
    requires transitive io.github.clip4j.core;
    requires transitive io.github.clip4j.webdataset;
    requires org.apache.lucene.core;

    exports io.github.clip4j.search;
}
