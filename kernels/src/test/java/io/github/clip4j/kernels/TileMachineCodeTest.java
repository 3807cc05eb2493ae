package io.github.clip4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads the machine code that the JVM makes of the tile under each collector, and looks for vectors that are moved to or
 * from the stack: sums that did not find a register. It cannot see a bad order of instructions, or general registers that
 * are kept elsewhere; those take the benchmark ({@code bench/README.md}).
 */
class TileMachineCodeTest {
    private static final Pattern CODE = Pattern.compile(
            "Compiled method \\(c2\\)\\s+\\d+\\s+\\d+\\s+4\\s+\\S*(\\w+::\\w+) .*?\\[MachCode\\](.*?)\\[/MachCode\\]",
            Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile("^\\s*0x[0-9a-f]+:((?: *[0-9a-f]+ *\\|?)+)", Pattern.MULTILINE);

    @ParameterizedTest
    @ValueSource(strings = {"Serial", "Parallel", "G1"})
    void sumsStayInRegisters(String collector) throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "reads the machine code of x86-64 only");
        assumeTrue(Lanes.FLOATS.vectorBitSize() <= VectorShape.S_Max_BIT.vectorBitSize(),
                "no machine code is of such vectors");
        String output = compile(collector);
        Matcher matcher = CODE.matcher(output);
        int tiles = 0;
        int controls = 0;
        while (matcher.find()) {
            int moves = vectorsOnTheStack(bytes(matcher.group(2)));
            if (matcher.group(1).endsWith("::tooManySums")) {
                assertTrue(moves > 0, "finds none where there are some");
                controls++;
            } else {
                assertEquals(0, moves, matcher.group(1) + " keeps vectors on the stack under " + collector);
                tiles++;
            }
        }
        assertTrue(tiles > 0 && controls > 0, "nothing was compiled:\n" + output);
    }

    private static String compile(String collector) throws IOException, InterruptedException, URISyntaxException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+Use" + collector + "GC", "--add-modules", "jdk.incubator.vector", "-Xbatch",
                        "-XX:+UnlockDiagnosticVMOptions", "-XX:CompileCommand=quiet",
                        "-XX:CompileCommand=print," + Tile.class.getName() + "::tile*",
                        "-XX:CompileCommand=print," + CompiledTiles.class.getName() + "::tooManySums"));
        Integer bits = Integer.getInteger(Kernels.VECTOR_BITS);
        if (bits != null) {
            command.add("-D" + Kernels.VECTOR_BITS + "=" + bits);
        }
        if (Lanes.REGISTERS == 16) {
            command.add("-XX:UseAVX=2");
        }
        command.addAll(List.of("-cp", folder(Tile.class) + File.pathSeparator + folder(CompiledTiles.class),
                CompiledTiles.class.getName()));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private static Path folder(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** The JVM prints machine code as groups of hexadecimal digits, addresses before them. */
    private static byte[] bytes(String code) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher line = LINE.matcher(code);
        while (line.find()) {
            bytes.writeBytes(HexFormat.of().parseHex(line.group(1).replaceAll("[ |]", "")));
        }
        return bytes.toByteArray();
    }

    /**
     * Counts moves of whole vectors between a register and the stack from the first FMA to the last: before and behind the
     * loop are the exits to the interpreter, which do put vectors there. Encodings: Intel's manual, volume 2, chapter 2.
     */
    private static int vectorsOnTheStack(byte[] code) {
        int first = code.length;
        int last = 0;
        for (int i = 0; i < code.length; i++) {
            if (isFma(code, i)) {
                first = Math.min(first, i);
                last = i;
            }
        }
        int count = 0;
        for (int i = first; i < last; i++) {
            count += isMoveOnStack(code, i) ? 1 : 0;
        }
        return count;
    }

    /** Where the opcode stands behind a VEX prefix of two or three bytes or an EVEX prefix at i, if it is one. */
    private static int opcode(byte[] code, int i) {
        int prefix = switch (code[i] & 0xff) {
            case 0xc5 -> 2;
            case 0xc4 -> 3;
            case 0x62 -> 4;
            default -> code.length;
        };
        return Math.min(i + prefix, code.length - 1);
    }

    /** vfmadd132ps, vfmadd213ps and vfmadd231ps, in the map of opcodes 0F38. */
    private static boolean isFma(byte[] code, int i) {
        boolean map = i + 1 < code.length && (code[i + 1] & 7) == 2 && (code[i] & 0xff) != 0xc5;
        return map && switch (code[opcode(code, i)] & 0xff) {
            case 0x98, 0xa8, 0xb8 -> true;
            default -> false;
        };
    }

    /** movups, movaps or movdqu, and an address of the stack pointer and an offset of 8 or 32 bits. */
    private static boolean isMoveOnStack(byte[] code, int i) {
        int opcode = opcode(code, i);
        if (opcode + 2 >= code.length || code[opcode + 2] != 0x24) {
            return false;
        }
        int form = code[opcode + 1] & 0xc7; // all but the register
        return (form == 0x44 || form == 0x84) && switch (code[opcode] & 0xff) {
            case 0x10, 0x11, 0x28, 0x29, 0x6f, 0x7f -> true;
            default -> false;
        };
    }
}
