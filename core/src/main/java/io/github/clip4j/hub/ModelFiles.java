package io.github.clip4j.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which files of a repository a model needs: its configs and its weights in one form. */
final class ModelFiles {
    private static final String CONFIG = "config.json";
    private static final String OPEN_CLIP_CONFIG = "open_clip_config.json";
    private static final String INDEX = ".index.json";
    /** The forms that {@code Checkpoint} opens; the first that a revision has is taken. */
    private static final List<String> WEIGHTS = List.of("model.safetensors", "model.safetensors" + INDEX,
            "pytorch_model.bin", "pytorch_model.bin" + INDEX);
    private static final Set<String> CLIP_TYPES = Set.of("clip", "clip_vision_model", "clip_text_model");
    private static final long MAX_JSON_BYTES = 16L << 20;
    private static final int MAX_SHARDS = 1000;

    private ModelFiles() {}

    /**
     * The weights of a model, after its configs, which say what it is.
     *
     * @param source begins every message
     * @return every file of the first form that is there; empty if none is there as a whole, or no config is
     * @throws HubException if it is no CLIP
     */
    static Optional<List<Path>> weights(Snapshot snapshot, String source) {
        for (String name : forms(snapshot, source)) {
            Optional<Path> file = snapshot.file(name);
            if (file.isPresent()) {
                Optional<List<Path>> whole = name.endsWith(INDEX)
                        ? shards(file.get(), snapshot)
                        : Optional.of(List.of(file.get()));
                if (whole.isPresent()) {
                    return whole;
                }
            }
        }
        return Optional.empty();
    }

    /** The names that the weights may have; none if there is no config. */
    private static List<String> forms(Snapshot snapshot, String source) {
        Optional<Path> config = snapshot.file(CONFIG);
        Optional<Path> openClip = snapshot.file(OPEN_CLIP_CONFIG);
        if (config.isPresent()) {
            JsonNode root = json(config.get());
            boolean sections = List.of("text_config", "vision_config", "text_config_dict", "vision_config_dict")
                    .stream()
                    .anyMatch(root::hasNonNull);
            if (CLIP_TYPES.contains(root.path("model_type").asText(sections ? "clip" : ""))) {
                return WEIGHTS;
            }
            if (openClip.isEmpty()) {
                throw new HubException("%s: expected a CLIP, but its config.json says %s; name another model"
                        .formatted(source, architecture(root)));
            }
        }
        if (openClip.isEmpty()) {
            return List.of();
        }
        requireVit(json(openClip.get()).path("model_cfg"), source);
        return List.of(); // where both are there, config.json and model.safetensors are timm's, of the images only
    }

    private static String architecture(JsonNode config) {
        for (String field : List.of("model_type", "architecture", "architectures")) {
            if (config.hasNonNull(field)) {
                return field + " " + brief(config.get(field).toString());
            }
        }
        return "no model_type";
    }

    private static void requireVit(JsonNode config, String source) {
        JsonNode vision = config.path("vision_cfg");
        String found = vision.hasNonNull("timm_model_name")
                ? "a vision tower " + vision.get("timm_model_name")
                : vision.path("layers").isArray()
                        ? "a ResNet"
                        : config.path("text_cfg").hasNonNull("hf_model_name")
                                ? "a text tower " + config.path("text_cfg").get("hf_model_name")
                                : config.hasNonNull("multimodal_cfg") ? "CoCa" : null;
        if (found != null) {
            throw new HubException(
                    "%s: expected a CLIP with a ViT and CLIP's text tower, but its %s says %s; name another "
                            .formatted(source, OPEN_CLIP_CONFIG, brief(found)) + "model");
        }
    }

    /** All that an index names, if they are there. */
    private static Optional<List<Path>> shards(Path index, Snapshot snapshot) {
        Set<String> names = new TreeSet<>();
        for (JsonNode name : json(index).path("weight_map")) {
            // of the folder itself: nothing that an index names may lead out of it
            if (!name.isTextual() || !name.asText().matches("\\w[\\w.+-]{0,199}\\.(?:safetensors|bin)")) {
                throw new HubException(
                        index + ": weight_map: expected plain names of .safetensors or .bin files, found "
                                + brief(name.toString()));
            }
            names.add(name.asText());
        }
        if (names.isEmpty() || names.size() > MAX_SHARDS) {
            throw new HubException(
                    index + ": weight_map: expected 1 to " + MAX_SHARDS + " files, found " + names.size());
        }
        List<Optional<Path>> files = names.stream().map(snapshot::file).toList();
        return files.stream().allMatch(Optional::isPresent)
                ? Optional.of(files.stream().map(Optional::get).toList())
                : Optional.empty();
    }

    private static JsonNode json(Path file) {
        try {
            if (Files.size(file) > MAX_JSON_BYTES) {
                throw new HubException(
                        file + ": has " + Files.size(file) + " bytes, expected " + MAX_JSON_BYTES + " at most");
            }
            return new ObjectMapper().readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new HubException(file + ": expected JSON, found something else: " + brief(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new HubException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Text from elsewhere made fit for a message. */
    static String brief(String text) {
        return text.substring(0, Math.min(100, text.length())).replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }
}
