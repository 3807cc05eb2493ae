package io.github.clip4j.checkpoint.torch;

import io.github.clip4j.checkpoint.CheckpointException;
import io.github.clip4j.checkpoint.DType;
import io.github.clip4j.checkpoint.torch.Pickled.Global;
import io.github.clip4j.checkpoint.torch.Pickled.Module;
import io.github.clip4j.checkpoint.torch.Pickled.Storage;
import io.github.clip4j.checkpoint.torch.Pickled.TensorValue;
import io.github.clip4j.checkpoint.torch.Pickled.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that a pickle of tensors may use, and what they mean (torch/_utils.py and torch/serialization.py of torch
 * 2.13). All others are refused.
 */
final class TorchCalls {
    private static final Map<String, DType> STORAGES = Map.ofEntries(
            Map.entry("torch.DoubleStorage", DType.F64), Map.entry("torch.FloatStorage", DType.F32),
            Map.entry("torch.HalfStorage", DType.F16), Map.entry("torch.BFloat16Storage", DType.BF16),
            Map.entry("torch.LongStorage", DType.I64), Map.entry("torch.IntStorage", DType.I32),
            Map.entry("torch.ShortStorage", DType.I16), Map.entry("torch.CharStorage", DType.I8),
            Map.entry("torch.ByteStorage", DType.U8), Map.entry("torch.BoolStorage", DType.BOOL),
            Map.entry("torch.ComplexFloatStorage", DType.C64),
            Map.entry("torch.storage.UntypedStorage", DType.U8), Map.entry("torch.UntypedStorage", DType.U8));
    private static final int MAX_DIMENSIONS = 16;

    private final boolean script;
    private final Map<String, DType> types = new HashMap<>();

    /** @param script whether classes of TorchScript may occur, which are taken as what their attributes are */
    TorchCalls(boolean script) {
        this.script = script;
    }

    /** The element types of all storages so far, by key. */
    Map<String, DType> types() {
        return types;
    }

    /**
     * A name that is allowed.
     *
     * @throws CheckpointException naming any other
     */
    Global global(Global global, PickleBytes in) {
        boolean known = switch (global.toString()) {
            case "collections.OrderedDict", "torch.Size", "torch._utils._rebuild_tensor_v2",
                    "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
                true;
            default -> STORAGES.containsKey(global.toString()) || isScriptClass(global);
        };
        if (!known) {
            throw in.bad("the name " + global + ", which is not needed to list tensors; save the tensors alone, as in "
                    + "torch.save(model.state_dict(), file)");
        }
        return global;
    }

    private boolean isScriptClass(Global global) {
        return script && (global.module().equals("__torch__") || global.module().startsWith("__torch__."));
    }

    Object newObject(Global global, PickleBytes in) {
        if (!isScriptClass(global)) {
            throw in.bad("a new object of " + global + ", expected one of TorchScript only");
        }
        return new Module();
    }

    Object call(Global global, List<Object> arguments, PickleBytes in) {
        return switch (global.toString()) {
            case "collections.OrderedDict" -> dictionary(arguments, in);
            case "torch.Size" -> new Tuple(new ArrayList<>(items(argument(arguments, 0, in), in)));
            case "torch._utils._rebuild_tensor_v2" -> tensor(arguments, in);
            // data, requires_grad, hooks and more
            case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" -> {
                if (!(argument(arguments, 0, in) instanceof TensorValue tensor)) {
                    throw in.bad("a parameter that is no tensor");
                }
                yield tensor;
            }
            default -> throw in.bad("a call of " + global);
        };
    }

    private static Object dictionary(List<Object> arguments, PickleBytes in) {
        if (!arguments.isEmpty()) {
            throw in.bad("an OrderedDict with arguments, expected none");
        }
        return new LinkedHashMap<>();
    }

    /** {@code (storage, offset, size, stride, requires_grad, hooks, ...)}; checked against its storage later. */
    private static TensorValue tensor(List<Object> arguments, PickleBytes in) {
        if (!(argument(arguments, 0, in) instanceof Storage storage)) {
            throw in.bad("a tensor without a storage");
        }
        return new TensorValue(storage, count(argument(arguments, 1, in), in), counts(argument(arguments, 2, in), in),
                counts(argument(arguments, 3, in), in));
    }

    /**
     * {@code ("storage", type, key, location, count)}, in files before torch 1.6 with a sixth element that is None or
     * {@code (view key, offset, count)}.
     */
    Storage persistent(Object id, PickleBytes in) {
        List<Object> parts = items(id, in);
        if (!"storage".equals(argument(parts, 0, in)) || !(argument(parts, 1, in) instanceof Global type)
                || !(argument(parts, 2, in) instanceof String key)) {
            throw in.bad("a persistent id that is not of a storage");
        }
        DType dtype = STORAGES.get(type.toString());
        if (dtype == null) {
            throw in.bad("a storage of " + type + ", expected one of numbers");
        }
        DType other = types.put(key, dtype);
        if (other != null && other != dtype) {
            throw in.bad("a storage of both " + other + " and " + dtype);
        }
        Storage storage = new Storage(dtype, key, count(argument(parts, 4, in), in), 0);
        if (parts.size() <= 5 || parts.get(5) == null) {
            return storage;
        }
        List<Object> view = items(parts.get(5), in);
        return new Storage(dtype, key, count(argument(view, 2, in), in), count(argument(view, 1, in), in));
    }

    private static Object argument(List<Object> arguments, int index, PickleBytes in) {
        if (index >= arguments.size()) {
            throw in.bad("a call with " + arguments.size() + " arguments, expected more");
        }
        return arguments.get(index);
    }

    private static List<Object> items(Object value, PickleBytes in) {
        if (!(value instanceof Tuple tuple)) {
            throw in.bad("something else in place of a tuple");
        }
        return tuple.items();
    }

    private static long count(Object value, PickleBytes in) {
        if (!(value instanceof Long count) || count < 0) {
            throw in.bad("expected an integer from 0 to 2^63, found "
                    + (value instanceof Number number ? number : "something else"));
        }
        return count;
    }

    private static List<Long> counts(Object value, PickleBytes in) {
        List<Object> items = items(value, in);
        if (items.size() > MAX_DIMENSIONS) {
            throw in.bad("a tensor of " + items.size() + " dimensions, expected at most " + MAX_DIMENSIONS);
        }
        return items.stream().map(item -> count(item, in)).toList();
    }
}
