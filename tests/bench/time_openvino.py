"""Times OpenVINO in float32 on a network: median and best milliseconds, in the words of `fringe model time`.

usage: time_openvino.py MODEL.onnx SIZE THREADS RUNS

Its default precision is bf16 where the processor has it, which is slower and less exact; float32 is its best.
"""

import statistics
import sys
import time

import numpy
import openvino

path, size, threads, runs = sys.argv[1], *map(int, sys.argv[2:5])
core = openvino.Core()
model = core.read_model(path)
model.reshape([1, 1, size, size])
hints = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
request = core.compile_model(model, "CPU", hints).create_infer_request()
image = numpy.random.default_rng(1).normal(size=(1, 1, size, size)).astype(numpy.float32)
request.infer([image])
times = []
for _ in range(runs):
    start = time.perf_counter()
    request.infer([image])
    times.append(1e3 * (time.perf_counter() - start))
print(f"median {statistics.median(times):.3f} ms best {min(times):.3f} ms")
