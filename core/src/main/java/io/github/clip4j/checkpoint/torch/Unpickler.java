package io.github.clip4j.checkpoint.torch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.torch.Pickled.Global;
import io.github.clip4j.checkpoint.torch.Pickled.Module;
import io.github.clip4j.checkpoint.torch.Pickled.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads Python's pickles as far as torch needs them to list tensors: a machine with a stack and a memo (Python's
 * pickletools describes each opcode). It runs nothing and looks up no name; what calls mean is in {@link TorchCalls}.
 * Anything else is refused by its name. The machine does not recurse, and its stack, its memo and its steps are bounded.
 */
final class Unpickler {
    private static final int PROTOCOL = 2;
    private static final int MAX_STEPS = 1_000_000;
    private static final int MAX_STACK = 100_000;
    private static final Object MARK = new Object();

    private final PickleBytes in;
    private final TorchCalls calls;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    private Unpickler(PickleBytes in, TorchCalls calls) {
        this.in = in;
        this.calls = calls;
    }

    /**
     * The value of one pickle; the bytes are left after its end.
     *
     * @throws CheckpointException naming the opcode, name or bound that is at fault
     */
    static Object read(PickleBytes in, TorchCalls calls) {
        return new Unpickler(in, calls).run();
    }

    private Object run() {
        for (int steps = 0; steps < MAX_STEPS; steps++) {
            int opcode = in.u8();
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
            if (stack.size() > MAX_STACK) {
                throw in.bad("values nested or stacked more than " + MAX_STACK + " deep");
            }
        }
        throw in.bad("a pickle of more than " + MAX_STEPS + " steps");
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol(in.u8()); // PROTO
            case 'c' -> push(calls.global(new Global(in.line(), in.line()), in)); // GLOBAL
            case '(' -> push(MARK);
            case 'N' -> push(null); // NONE
            case 0x88 -> push(true); // NEWTRUE
            case 0x89 -> push(false); // NEWFALSE
            case 'J' -> push((long) in.i32()); // BININT
            case 'K' -> push((long) in.u8()); // BININT1
            case 'M' -> push((long) in.u16()); // BININT2
            case 0x8a -> push(in.integer(in.u8())); // LONG1
            case 'G' -> push(in.bigEndianDouble()); // BINFLOAT
            case 'X' -> push(in.text(in.u32(), UTF_8)); // BINUNICODE
            case 'U' -> push(in.text(in.u8(), ISO_8859_1)); // SHORT_BINSTRING, of Python 2
            case ')' -> push(new Tuple(List.of())); // EMPTY_TUPLE
            case ']' -> push(new ArrayList<>()); // EMPTY_LIST
            case '}' -> push(new LinkedHashMap<>()); // EMPTY_DICT
            case 't' -> push(new Tuple(popToMark())); // TUPLE
            case 0x85, 0x86, 0x87 -> push(new Tuple(pop(opcode - 0x84))); // TUPLE1 to TUPLE3
            case 'a' -> append(pop(1)); // APPEND
            case 'e' -> append(popToMark()); // APPENDS
            case 's' -> setItems(pop(2)); // SETITEM
            case 'u' -> setItems(popToMark()); // SETITEMS
            case 'q' -> put(in.u8()); // BINPUT
            case 'r' -> put(in.u32()); // LONG_BINPUT
            case 'h' -> get(in.u8()); // BINGET
            case 'j' -> get(in.u32()); // LONG_BINGET
            case 'Q' -> push(calls.persistent(pop(), in)); // BINPERSID
            case 'R' -> call(false); // REDUCE
            case 0x81 -> call(true); // NEWOBJ
            case 'b' -> build(pop()); // BUILD
            default -> throw in.bad("opcode 0x%02x%s, which listing tensors does not need".formatted(opcode,
                    opcode > ' ' && opcode < 0x7f ? " (" + (char) opcode + ")" : ""));
        }
    }

    private void protocol(int version) {
        if (version > PROTOCOL) {
            throw in.bad("a pickle of protocol " + version + ", expected " + PROTOCOL + ", which torch.save writes");
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object pop() {
        return pop(1).getFirst();
    }

    /** The uppermost values, none of them a mark, in the order in which they were pushed. */
    private List<Object> pop(int count) {
        if (stack.size() < count) {
            throw in.bad("a value is missing on the stack");
        }
        List<Object> top = stack.subList(stack.size() - count, stack.size());
        if (top.stream().anyMatch(value -> value == MARK)) {
            throw in.bad("a mark in place of a value");
        }
        List<Object> values = Collections.unmodifiableList(new ArrayList<>(top));
        top.clear();
        return values;
    }

    private List<Object> popToMark() {
        int mark = stack.size() - 1;
        while (mark >= 0 && stack.get(mark) != MARK) {
            mark--;
        }
        if (mark < 0) {
            throw in.bad("a mark is missing on the stack");
        }
        List<Object> values = pop(stack.size() - 1 - mark);
        stack.removeLast();
        return values;
    }

    private Object top() {
        Object top = pop();
        push(top);
        return top;
    }

    private void append(List<Object> values) {
        if (!(top() instanceof ArrayList<?>)) {
            throw in.bad("values appended to what is no list");
        }
        @SuppressWarnings("unchecked")
        List<Object> list = (List<Object>) top();
        list.addAll(values);
    }

    private void setItems(List<Object> values) {
        if (!(top() instanceof Map<?, ?>) || values.size() % 2 != 0) {
            throw in.bad("items set in what is no dictionary");
        }
        @SuppressWarnings("unchecked")
        Map<Object, Object> target = (Map<Object, Object>) top();
        for (int i = 0; i < values.size(); i += 2) {
            Object key = values.get(i);
            // the hash of any other value could take for ever
            if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
                throw in.bad("a key of a dictionary that is no text and no number");
            }
            target.put(key, values.get(i + 1));
        }
    }

    private void put(long index) {
        memo.put(index, top());
    }

    private void get(long index) {
        if (!memo.containsKey(index)) {
            throw in.bad("memo entry " + index + ", which is not there");
        }
        push(memo.get(index));
    }

    private void call(boolean newObject) {
        List<Object> call = pop(2);
        if (!(call.getFirst() instanceof Global global) || !(call.getLast() instanceof Tuple arguments)) {
            throw in.bad("a call of something that is no name, or without a tuple of arguments");
        }
        push(newObject ? calls.newObject(global, in) : calls.call(global, arguments.items(), in));
    }

    /** The attributes of an object; those that Python hangs on a dictionary tell nothing about tensors. */
    private void build(Object state) {
        Object target = top();
        if (target instanceof Module module && state instanceof Map<?, ?> attributes) {
            module.attributes().putAll(attributes);
        } else if (!(target instanceof Map)) {
            throw in.bad("BUILD of something that is no dictionary and no module");
        }
    }
}
