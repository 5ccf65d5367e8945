"""Times ONNX Runtime on a network: median and best milliseconds, in the words of `fringe model time`.

usage: time_onnxruntime.py MODEL.onnx SIZE THREADS RUNS
"""

import statistics
import sys
import time

import numpy
import onnxruntime

path, size, threads, runs = sys.argv[1], *map(int, sys.argv[2:5])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
image = numpy.random.default_rng(1).normal(size=(1, 1, size, size)).astype(numpy.float32)
feed = {session.get_inputs()[0].name: image}
session.run(None, feed)
times = []
for _ in range(runs):
    start = time.perf_counter()
    session.run(None, feed)
    times.append(1e3 * (time.perf_counter() - start))
print(f"median {statistics.median(times):.3f} ms best {min(times):.3f} ms")
