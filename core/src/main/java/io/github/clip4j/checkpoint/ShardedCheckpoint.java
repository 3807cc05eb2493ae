package io.github.clip4j.checkpoint;

import io.github.clip4j.checkpoint.raw.Quote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Several files of weights with an index: the {@code weight_map} of {@code model.safetensors.index.json} or
 * {@code pytorch_model.bin.index.json} says which tensor is in which file beside it.
 */
final class ShardedCheckpoint extends NamedTensors {
    private final List<CheckpointFile> shards;

    private ShardedCheckpoint(String source, List<CheckpointFile> shards) {
        super(source, shards.stream().flatMap(shard -> shard.tensors().stream()).toList());
        this.shards = shards;
    }

    static ShardedCheckpoint open(Path index) {
        Map<String, List<String>> namesByShard = namesByShard(index);
        List<CheckpointFile> shards = new ArrayList<>();
        try {
            Map<String, String> shardOf = new LinkedHashMap<>();
            namesByShard.forEach((shardName, names) -> {
                CheckpointFile shard = CheckpointFile.open(index.resolveSibling(shardName));
                shards.add(shard);
                for (Tensor tensor : shard.tensors()) {
                    String other = shardOf.put(tensor.name(), shardName);
                    if (other != null) {
                        throw new CheckpointException(index + ": tensor " + Quote.of(tensor.name()) + " is both in "
                                + other + " and in " + shardName + ", expected it in one");
                    }
                }
                for (String name : names) {
                    if (!shard.contains(name)) {
                        throw new CheckpointException(index + ": expected tensor " + Quote.of(name) + " in "
                                + shardName + " as weight_map says, but it is not there");
                    }
                }
            });
            return new ShardedCheckpoint(index.toString(), shards);
        } catch (Throwable e) {
            shards.forEach(CheckpointFile::close);
            throw e;
        }
    }

    /** The names of the tensors in each file. */
    static Map<String, List<String>> namesByShard(Path file) {
        String extension = file.toString().endsWith(".bin" + PublishedFiles.INDEX) ? "bin" : "safetensors";
        JsonObject index = JsonObject.read(file);
        JsonObject weightMap = index.object("weight_map");
        Map<String, List<String>> namesByShard = new TreeMap<>();
        for (String tensor : weightMap.names()) {
            String shard = weightMap.text(tensor, "");
            if (!shard.matches("[\\w .+-]+\\." + extension)) {
                throw weightMap.bad(tensor, "the plain name of a ." + extension + " file in the same folder");
            }
            namesByShard.computeIfAbsent(shard, _ -> new ArrayList<>()).add(tensor);
        }
        if (namesByShard.isEmpty()) {
            throw index.bad("weight_map", "an object with at least one tensor");
        }
        return namesByShard;
    }

    @Override
    Optional<FileForm> form() {
        return shards.getFirst().form();
    }

    @Override
    public void close() {
        shards.forEach(CheckpointFile::close);
    }
}
