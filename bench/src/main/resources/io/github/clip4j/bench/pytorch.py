"""Runs CLIP with PyTorch for PyTorch.java. Arguments: MODEL_DIR THREADS

First answer: the version of torch, its length before it in two bytes, big-endian. Then for each request, a line "images N CHANNELS
SIZE SIZE" or "texts N LENGTH" with the values after it (float32 or int64): seconds (float64) and features (float32). All in the
machine's byte order.
"""
import math, struct, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, torch
from transformers import CLIPModel

requests, answers = sys.stdin.buffer, sys.stdout.buffer
sys.stdout = sys.stderr  # whatever the libraries print
model_dir, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
model = CLIPModel.from_pretrained(model_dir, attn_implementation="sdpa", dtype=torch.float32).eval()
kinds = {
    "images": (np.float32, lambda x: model.visual_projection(model.vision_model(pixel_values=x).pooler_output)),
    "texts": (np.int64, lambda x: model.text_projection(model.text_model(input_ids=x).pooler_output)),
}

version = torch.__version__.encode()
answers.write(struct.pack(">H", len(version)) + version)
answers.flush()
for line in requests:
    kind, *shape = line.split()
    dtype, tower = kinds[kind.decode()]
    shape = [int(n) for n in shape]
    values = bytearray(requests.read(math.prod(shape) * np.dtype(dtype).itemsize))
    x = torch.from_numpy(np.frombuffer(values, dtype).reshape(shape))
    with torch.inference_mode():
        start = time.perf_counter()
        features = tower(x)
        seconds = time.perf_counter() - start
    answers.write(struct.pack("=d", seconds) + features.numpy().tobytes())
    answers.flush()
