package io.github.clip4j.cli.model;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Parameters;
import io.github.clip4j.checkpoint.PublishedModel;
import io.github.clip4j.checkpoint.Tensor;
import io.github.clip4j.cli.shared.DataException;
import io.github.clip4j.cli.shared.ModelFolderOption;
import io.github.clip4j.cli.shared.TokenizerFiles;
import io.github.clip4j.tokenizer.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "convert",
        description = "Write a model of any form that is read as a Hugging Face folder with safetensors, which transformers "
                + "loads; with numbers of another type if one is given: float16 or bfloat16 halve its size, and every "
                + "computation is in float32 all the same.",
        footerHeading = "%nExamples:%n",
        footer = {"  clip convert --model flax-community/clip-rsicd --output clip-rsicd",
                "  clip convert --model run/best --dtype float16 --output small"})
public final class ConvertCommand implements Callable<Integer> {
    /** Names as PyTorch has them. */
    private enum Type {
        FLOAT32(DType.F32), FLOAT16(DType.F16), BFLOAT16(DType.BF16);

        private final DType dtype;

        Type(DType dtype) {
            this.dtype = dtype;
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelFolderOption model;

    @Option(names = "--dtype", paramLabel = "TYPE",
            description = "float32, float16 or bfloat16 (default: each tensor's own; float64 becomes float32).")
    private Type type;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "Folder to write, new or empty.")
    private Path output;

    @Override
    public Integer call() {
        try (PublishedModel published = model.open()) {
            List<Tensor> tensors = Parameters.shapes(published.config()).keySet().stream()
                    .map(name -> retyped(published.weights().tensor(name))).toList();
            try (TokenizerFiles tokenizer = published.config().hasText() ? tokenizer(published) : null) {
                CheckpointFolder.of(published).withTokenizer(tokenizer == null ? null : tokenizer.copy())
                        .write(output, tensors);
            }
        }
        return 0;
    }

    /** The model's, or CLIP's as it is used with it; null, which is said, if that has another number of tokens. */
    private TokenizerFiles tokenizer(PublishedModel published) {
        ClipConfig config = published.config();
        TokenizerFiles files = null;
        try {
            files = TokenizerFiles.of(published.folder(), config.text().vocabularySize());
            PublishedModel.tokenizer(files.copy(), config, Variant.TRANSFORMERS);
            return files;
        } catch (DataException | CheckpointException e) {
            if (files != null) {
                files.close();
            }
            spec.commandLine().getErr().println("note: written without a tokenizer: " + e.getMessage());
            return null;
        }
    }

    private Tensor retyped(Tensor tensor) {
        if (type != null) {
            return tensor.as(type.dtype);
        }
        return tensor.dtype() == DType.F64 ? tensor.as(DType.F32) : tensor;
    }
}
