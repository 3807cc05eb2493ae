package io.github.clip4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged files of torch and flax, in a small heap (see the module's pom). */
class CheckpointMutationTest {
    private enum Form {
        ZIP("memory.bin", CheckpointBytes.pickle(), CheckpointBytes::zip),
        SCRIPT("memory.pt", CheckpointBytes.scriptPickle(), CheckpointBytes::script),
        LEGACY("memory.bin", CheckpointBytes.legacy(), file -> file),
        FLAX("memory.msgpack", CheckpointBytes.flax(), file -> file);

        private final String source;
        private final byte[] content;
        private final UnaryOperator<byte[]> wrap;

        Form(String source, byte[] content, UnaryOperator<byte[]> wrap) {
            this.source = source;
            this.content = content;
            this.wrap = wrap;
        }

        /** Three of four damages of an archive are to its pickle, which would hardly be met otherwise. */
        private int run(int count) {
            byte[] valid = wrap.apply(content);
            BiFunction<byte[], SplittableRandom, byte[]> mutate = (file,
                    random) -> file == valid && random.nextInt(4) > 0
                            ? wrap.apply(Mutations.mutate(content, random))
                            : Mutations.mutate(file, random);
            return Mutations.run(valid, source, count, mutate);
        }
    }

    @Test
    void theFilesAreWhatTheyAreMeantToBe() {
        for (Form form : Form.values()) {
            byte[] file = form.wrap.apply(form.content);
            try (Checkpoint checkpoint = SafetensorsBytes.open(file, form.source)) {
                SafetensorsBytes.readAll(checkpoint);
                assertEquals(switch (form) {
                    case ZIP, LEGACY -> "[w, h, ids, again]";
                    case SCRIPT -> "[logit_scale, visual.proj]";
                    case FLAX -> "[a.kernel, s, c]";
                }, checkpoint.tensors().stream().map(Tensor::name).toList().toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void someMutations(Form form) {
        form.run(3_000);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void hundredThousandMutations(Form form) {
        System.err.printf("%s: %d of 100,000 damaged files were opened, in at most %d MB of heap%n", form,
                form.run(100_000), Runtime.getRuntime().maxMemory() >> 20);
    }
}
