package io.github.clip4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clip4j.checkpoint.SyntheticCheckpoint;
import io.github.clip4j.checkpoint.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kind of bad input: its exit code, and one line that names what is at fault. */
class BadInputTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void files() throws IOException {
        Path image = TestData.image(folder.resolve("image.png"), 1);
        byte[] png = Files.readAllBytes(image);
        Files.write(folder.resolve("truncated.png"), Arrays.copyOf(png, png.length / 2));
        Files.writeString(folder.resolve("text.png"), "not an image");
        Files.write(folder.resolve("empty.png"), new byte[0]);
        Files.write(folder.resolve("huge.png"), pngHeader(50_000, 50_000));
        Files.writeString(folder.resolve("twice.txt"), "cat\ndog\ncat\n");
        Files.writeString(folder.resolve("blank.txt"), " \n\n\t\n");
        Files.writeString(folder.resolve("long.txt"), "cat\n" + "word ".repeat(10_000) + "\n");
        Files.write(folder.resolve("latin1.txt"), new byte[]{'c', (byte) 0xe4, 't', '\n'});
        Files.writeString(folder.resolve("bad.jsonl"), "{\"text\": \"a\"}\n{\"text\": 1}\n");
        Files.createDirectories(folder.resolve("nothing"));

        Path model = TestData.model(folder.resolve("model"));
        Files.createDirectories(folder.resolve("no-config"));
        Files.copy(model.resolve("model.safetensors"), folder.resolve("no-config/model.safetensors"));
        List<Tensor> tensors = new ArrayList<>(new SyntheticCheckpoint(TestData.CONFIG).tensors());
        Tensor bias = tensors.removeLast();
        TestData.model(folder.resolve("missing-tensor"), tensors);
        float[] values = bias.floats();
        values[values.length / 2] = Float.NaN;
        tensors.add(Tensor.of(bias.name(), values, bias.shape().stream().mapToLong(Long::longValue).toArray()));
        TestData.model(folder.resolve("nan"), tensors);
    }

    /** A PNG of these dimensions with nothing after its header. */
    private static byte[] pngHeader(int width, int height) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(chunk);
        out.writeBytes("IHDR");
        out.writeInt(width);
        out.writeInt(height);
        out.write(new byte[]{8, 2, 0, 0, 0});
        CRC32 checksum = new CRC32();
        checksum.update(chunk.toByteArray());
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        out = new DataOutputStream(png);
        out.write(new byte[]{(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        out.writeInt(13);
        out.write(chunk.toByteArray());
        out.writeInt((int) checksum.getValue());
        return png.toByteArray();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | none.png: there is no such file      | classify @/none.png --labels cat,dog --model @/model
            1 | text.png: is a file that starts with | classify @/text.png --labels cat,dog --model @/model
            1 | empty.png: is empty                  | classify @/empty.png --labels cat,dog --model @/model
            1 | truncated.png: is a truncated PNG    | classify @/truncated.png --labels cat,dog --model @/model
            1 | huge.png: has 50000 x 50000 pixels   | classify @/huge.png --labels cat,dog --model @/model
            1 | nothing: is a folder                 | classify @/nothing --labels cat,dog --model @/model
            1 | ftp://host/a.png: expected an http   | classify ftp://host/a.png --labels cat,dog --model @/model
            2 | label "" is empty                    | classify @/image.png --labels= --model @/model
            2 | label "" is empty                    | classify @/image.png --labels a,,b --model @/model
            2 | label "" is empty                    | classify @/image.png --labels=_,_ --model @/none
            2 | label "cat" is given twice           | classify @/image.png --labels cat,dog,_cat --model @/model
            2 | template "a photo" has no {}         | classify @/image.png --labels a --template a_photo --model @/none
            2 | --top 0: at least 1                  | classify @/image.png --labels a --top 0 --model @/none
            2 | --threads 0: expected 1 to           | classify @/image.png --labels a --threads 0 --model @/none
            1 | twice.txt: label "cat" is given      | classify @/image.png --labels-file @/twice.txt --model @/model
            1 | blank.txt: no labels                 | classify @/image.png --labels-file @/blank.txt --model @/model
            1 | none.txt: there is no such file      | classify @/image.png --labels-file @/none.txt --model @/model
            1 | latin1.txt: is not UTF-8             | classify @/image.png --labels-file @/latin1.txt --model @/model
            1 | 10006 tokens, the model takes 77     | classify @/image.png --labels-file @/long.txt --model @/model
            1 | none: expected a model folder        | classify @/image.png --labels a --model @/none
            1 | image.png: expected weights as       | classify @/image.png --labels a --model @/image.png
            1 | config.json                          | classify @/image.png --labels a --model @/no-config
            1 | missing-tensor/model.safetensors     | classify @/image.png --labels a --model @/missing-tensor
            1 | text_projection.weight holds the value NaN | classify @/image.png --labels a --model @/nan
            2 | x.csv: expected a name that ends in  | embed --images @/image.png --output @/x.csv --model @/model
            2 | would overwrite the input            | embed --texts @/bad.jsonl --output @/bad.jsonl --model @/model
            1 | nothing: no images in this folder    | embed --images @/nothing --output @/x.npy --model @/model
            1 | there is no folder                   | embed --images @/image.png --output @/none/x.npy --model @/model
            1 | latin1.txt: is not UTF-8             | embed --texts @/latin1.txt --output @/x.npy --model @/model
            1 | bad.jsonl:2: expected one object     | tokenize --jsonl @/bad.jsonl
            1 | latin1.txt:1: is not JSON            | tokenize --jsonl @/latin1.txt
            1 | none.jsonl                           | tokenize --jsonl @/none.jsonl
            1 | nothing: no tokenizer here           | tokenize --model @/nothing text
            2 | the text to find, or that of --other | find @/image.png _ --model @/none
            2 | the text to find, or that of --other | find @/image.png a --other= --model @/none
            2 | a grid of 0 in an image of 60 x 40   | find @/image.png a --grid 0 --model @/none
            2 | tiles of 41 pixels in an image of 60 | find @/image.png a --tile 41 --model @/none
            2 | tiles of 80 pixels in an image of 60 | find @/image.png a --grid 1 --scales 2 --model @/none
            2 | overlap 1.0: expected 0 up to        | find @/image.png a --overlap 1 --model @/none
            2 | scale -1.0: expected a number above  | find @/image.png a --scales -1 --model @/none
            2 | --top 0: at least 1                  | find @/image.png a --top 0 --model @/none
            2 | would overwrite the input            | find @/image.png a --output @/image.png --model @/none
            1 | none: expected a model folder        | find @/image.png a --model @/none
            1 | none.png: there is no such file      | find @/none.png a --model @/model
            1 | text.png: is a file that starts with | find @/text.png a --model @/model
            1 | truncated.png: is a truncated PNG    | find @/truncated.png a --model @/model
            1 | huge.png: has 50000 x 50000 pixels   | find @/huge.png a --model @/model
            1 | there is no folder                   | find @/image.png a --geojson @/none/x --model @/model
            1 | there is no folder                   | find @/image.png a --output @/none/x.png --model @/model
            1 | text.png: is a file that starts with | preprocess @/text.png --output @/crops
            2 | --size 0: expected 1 to              | preprocess @/image.png --output @/crops --size 0
            2 | would both become                    | preprocess @/image.png @/a/image.png --output @/crops
            1 | none: there is no such folder        | compare --reference @/none
            2 | nothing: no model in this folder     | compare --reference @/nothing
            2 | --tolerance NaN: expected a number   | compare --reference @/model --tolerance NaN
            1 | inputs.safetensors                   | compare --reference @/model
            1 | none: expected a model folder        | info --model @/none
            1 | nothing: expected weights in this    | info --model @/nothing
            2 | cannot be given beside a/b           | info a/b --model @/model
            1 | model: is not empty                  | synthetic-model @/model
            1 | image.png: is a file                 | synthetic-model @/image.png
            """)
    void isToldInOneLine(int exitCode, String message, String line) {
        Object[] args = Arrays.stream(line.split(" "))
                .map(arg -> arg.replace("@", folder.toString()).replace('_', ' ')).toArray();
        Run run = Run.clip(args);
        assertEquals(exitCode, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("clip: ") && run.err().contains(message), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().length() < 500, run.err());
    }

    @Test
    void aLongLabelIsCutOnlyWhenAsked() {
        Object[] args = {"classify", folder.resolve("image.png"), "--labels-file", folder.resolve("long.txt"),
                "--model", folder.resolve("model"), "--truncate"};
        assertEquals(0, Run.clip(args).exitCode());
    }

    @Test
    void theStackTraceIsThereWhenAsked() {
        Run run = Run.clip("info", "--model", folder.resolve("none"), "--stacktrace");
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("\tat io.github.clip4j"), run.err());
    }

    @Test
    void nothingIsLeftOfWhatFailed() throws IOException {
        Run.clip("embed", "--images", folder.resolve("text.png"), "--output", folder.resolve("nothing/x.npy"),
                "--model",
                folder.resolve("model"));
        try (var files = Files.list(folder.resolve("nothing"))) {
            assertEquals(List.of(), files.toList());
        }
        assertEquals("not an image", new String(Files.readAllBytes(folder.resolve("text.png")), UTF_8));
    }
}
