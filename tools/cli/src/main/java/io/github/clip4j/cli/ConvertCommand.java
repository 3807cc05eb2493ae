package io.github.clip4j.cli;

import io.github.clip4j.ModelFolder;
import io.github.clip4j.checkpoint.Checkpoint;
import io.github.clip4j.checkpoint.CheckpointFolder;
import io.github.clip4j.checkpoint.ClipConfig;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.Parameters;
import io.github.clip4j.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "convert",
        description = "Write a model with numbers of another type: float16 or bfloat16 halve its size, and every "
                + "computation is in float32 all the same.",
        footerHeading = "%nExample:%n", footer = "  clip convert --model run/best --dtype float16 --output small")
final class ConvertCommand implements Callable<Integer> {
    /** Names as PyTorch has them. */
    private enum Type {
        FLOAT32(DType.F32), FLOAT16(DType.F16), BFLOAT16(DType.BF16);

        private final DType dtype;

        Type(DType dtype) {
            this.dtype = dtype;
        }
    }

    @Mixin
    private ModelFolderOption model;

    @Option(names = "--dtype", paramLabel = "TYPE", required = true, description = "float32, float16 or bfloat16.")
    private Type type;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "Folder to write, new or empty.")
    private Path output;

    @Override
    public Integer call() {
        Path folder = model.path();
        ClipConfig config = ClipConfig.read(folder.resolve("config.json"));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            List<Tensor> tensors = Parameters.shapes(config).keySet().stream()
                    .map(name -> checkpoint.tensor(name).as(type.dtype)).toList();
            new CheckpointFolder(config, ModelFolder.preprocessing(folder, config), folder).write(output, tensors);
        }
        return 0;
    }
}
