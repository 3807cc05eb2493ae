package io.github.clip4j.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Small files of the forms that torch and flax write, opcode by opcode. */
final class CheckpointBytes {
    private static final String TENSOR = "ctorch._utils\n_rebuild_tensor_v2\n((";
    private static final String ORDERED = "ccollections\nOrderedDict\n)R";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private CheckpointBytes() {}

    private CheckpointBytes add(String latin1) {
        out.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    private CheckpointBytes text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return add("X").number(utf8.length, 4, ByteOrder.LITTLE_ENDIAN).add(text);
    }

    private CheckpointBytes number(long value, int width, ByteOrder order) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).order(order).putLong(value).array();
        out.write(bytes, order == ByteOrder.LITTLE_ENDIAN ? 0 : Long.BYTES - width, width);
        return this;
    }

    private CheckpointBytes integer(int value) {
        return add("J").number(value, 4, ByteOrder.LITTLE_ENDIAN);
    }

    /** A tensor [rows, columns] of the whole storage, transposed if {@code columnMajor}. */
    private CheckpointBytes tensor(String storage, String key, int rows, int columns, boolean columnMajor,
            String view) {
        add(TENSOR).text("storage").add("ctorch\n" + storage + "\n").text(key).text("cpu").integer(rows * columns)
                .add(view).add("tQ");
        integer(0).add("(").integer(rows).integer(columns).add("t(");
        integer(columnMajor ? 1 : columns).integer(columnMajor ? rows : 1).add("t");
        return add("\u0089" + ORDERED + "tR");
    }

    /** {@code {"w": float32 [2, 3], "h": float16 [3, 2], "ids": int64 [1, 2], "step": 7}}, with a memo. */
    private static byte[] dictionary(String view) {
        return new CheckpointBytes().add("\u0080\u0002" + ORDERED + "q\u0000(").text("w")
                .tensor("FloatStorage", "0", 2, 3, true, view).add("q\u0001").text("h")
                .tensor("HalfStorage", "1", 3, 2, false, view).text("ids")
                .tensor("LongStorage", "2", 1, 2, false, view).text("again").add("h\u0001").text("step")
                .add("K\u0007u.")
                .bytes();
    }

    private byte[] bytes() {
        return out.toByteArray();
    }

    static byte[] pickle() {
        return dictionary("");
    }

    /** An archive of torch.save around a pickle. */
    static byte[] zip(byte[] pickle) {
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("data.pkl", pickle);
        members.put("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        members.put("data/0", new byte[24]);
        members.put("data/1", new byte[12]);
        members.put("data/2", new byte[16]);
        members.put("version", "3\n".getBytes(StandardCharsets.US_ASCII));
        return archive(members);
    }

    /** An object of two attributes, one of them an object with a tensor, as torch.jit.save writes it. */
    static byte[] scriptPickle() {
        String object = "c__torch__.models\nModule\n)\u0081(";
        return new CheckpointBytes().add("\u0080\u0002" + object.replace("(", "}(")).text("training").add("\u0089")
                .text("visual").add(object.replace("(", "}(")).text("proj")
                .tensor("FloatStorage", "0", 2, 3, false, "").text("name").text("x").add("ub").text("logit_scale")
                .tensor("HalfStorage", "1", 3, 2, false, "").add("ub.").bytes();
    }

    static byte[] script(byte[] pickle) {
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("data.pkl", pickle);
        members.put("data/0", new byte[24]);
        members.put("data/1", new byte[12]);
        members.put("constants.pkl", new byte[]{(byte) 0x80, 2, ')', '.'});
        members.put("version", "3\n".getBytes(StandardCharsets.US_ASCII));
        return archive(members);
    }

    private static byte[] archive(Map<String, byte[]> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                ZipEntry entry = new ZipEntry("archive/" + member.getKey());
                CRC32 crc = new CRC32();
                crc.update(member.getValue());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(member.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(member.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it is in memory
        }
        return bytes.toByteArray();
    }

    /** Five pickles in a row and the storages, as before torch 1.6. */
    static byte[] legacy() {
        CheckpointBytes file = new CheckpointBytes()
                .add("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.\u0080\u0002M\u00e9\u0003.");
        file.add("\u0080\u0002}(").text("little_endian").add("\u0088u.");
        file.out.writeBytes(dictionary("N"));
        file.add("\u0080\u0002](").text("1").text("0").text("2").add("e.");
        for (int[] storage : new int[][]{{6, 12}, {6, 24}, {2, 16}}) { // elements and bytes, in the order of the keys
            file.number(storage[0], 8, ByteOrder.LITTLE_ENDIAN).out.writeBytes(new byte[storage[1]]);
        }
        return file.bytes();
    }

    /** {@code {"a": {"kernel": float32 [2, 3]}, "s": float32 scalar, "c": bfloat16 [4] in two chunks, "step": 3}}. */
    static byte[] flax() {
        CheckpointBytes chunks = new CheckpointBytes()
                .add("\u0083\u00b9__msgpack_chunked_array__\u00c3\u00a5shape\u0081\u00a10\u0004")
                .add("\u00a6chunks\u0082\u00a10").array(1, "bfloat16", 4, 2).add("\u00a11").array(1, "bfloat16", 4, 2);
        CheckpointBytes file = new CheckpointBytes().add("\u0084\u00a1a\u0081\u00a6kernel")
                .array(1, "float32", 24, 2, 3)
                .add("\u00a1s").array(3, "float32", 4).add("\u00a1c");
        file.out.writeBytes(chunks.bytes());
        return file.add("\u00a4step\u0003").bytes();
    }

    private CheckpointBytes array(int type, String dtype, int size, int... shape) {
        CheckpointBytes payload = new CheckpointBytes().add("\u0093").number(0x90 + shape.length, 1,
                ByteOrder.BIG_ENDIAN);
        for (int dimension : shape) {
            payload.number(dimension, 1, ByteOrder.BIG_ENDIAN);
        }
        payload.number(0xa0 + dtype.length(), 1, ByteOrder.BIG_ENDIAN).add(dtype).add("\u00c4")
                .number(size, 1, ByteOrder.BIG_ENDIAN).out.writeBytes(new byte[size]);
        add("\u00c7").number(payload.out.size(), 1, ByteOrder.BIG_ENDIAN).number(type, 1, ByteOrder.BIG_ENDIAN).out
                .writeBytes(payload.bytes());
        return this;
    }
}
