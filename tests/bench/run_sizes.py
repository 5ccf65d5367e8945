"""Images and volumes of growing size: what a pixel costs the network, and time and memory from file to mask.

    python tests/bench/run_sizes.py BUILD [FOLDER]

BUILD holds the programs fringe and bench_network, FOLDER (the system's own for short-lived files otherwise) is where some
3 GB find room, best in memory. THREADS (2) and ROUNDS (3) may be set. All sizes take turns, ROUNDS times, and every sample of
the network is of about as many pixels: what else the machine does falls on all alike. Told are the median and, in
brackets, the least. Processor time is what the claim of equal cost rests on: elapsed time also has what others took.
Needs numpy and tifffile.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tifffile

SIDES = [512, 1024, 2048, 4096, 8192, 16384]
SAMPLE_PIXELS = 2 * 4096**2  # of the network alone, or more
build, root = Path(sys.argv[1]), Path(__file__).resolve().parents[2]
fringe = build / "native/cli/fringe"
threads, rounds = os.environ.get("THREADS", "2"), int(os.environ.get("ROUNDS", "3"))
noise = np.random.default_rng(0).integers(0, 256, (1000, 1000), dtype=np.uint8)


def write_square(path, side, pixel=None):
    copies = -(-side // 1000)
    pixels = np.tile(noise, (copies, copies))[:side, :side]
    extra = {"resolution": (1 / pixel, 1 / pixel), "metadata": {"unit": "nm"}} if pixel else {}
    tifffile.imwrite(path, pixels.astype(np.uint16) * 200 if pixel else pixels, imagej=True, **extra)


def write_volume(path):
    slices = (np.roll(noise, 7 * i, 1) for i in range(1000))
    tifffile.imwrite(path, slices, shape=(1000, 1000, 1000), dtype=np.uint8, imagej=True, metadata={"axes": "ZYX"})


def measure(words):
    """Seconds, processor seconds and peak MB of one run of fringe."""
    begin = time.perf_counter()
    child = subprocess.Popen([fringe, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory, ended = 0, 0
    while not ended:  # what wait4 tells of memory would be this process's own, where that is more
        memory = max(memory, peak_memory(child.pid))
        time.sleep(0.005)
        ended, status, used = os.wait4(child.pid, os.WNOHANG)
    seconds = time.perf_counter() - begin
    if status:
        sys.exit(f"fringe {' '.join(map(str, words))} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, used.ru_utime + used.ru_stime, memory


def peak_memory(process):
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))  # an ended one has none


def time_file(model, path, output):
    sample = measure(["segment", "--model", model, "--threads", threads, "-o", output, path])
    shutil.rmtree(output)
    return sample


def time_network(model, side):
    """Nanoseconds a pixel, elapsed and of the processor, with the start of the program and one run to warm up."""
    runs = max(1, SAMPLE_PIXELS // side**2 - 1)
    words = ["model", "time", model, "--size", side, "--threads", threads, "--runs", runs]
    seconds, processor, _ = measure(map(str, words))
    return 1e9 * seconds / (runs + 1) / side**2, 1e9 * processor / (runs + 1) / side**2


def told(samples, digits):
    return f"{statistics.median(samples):.{digits}f} ({min(samples):.{digits}f})"


def main():
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        folder = Path(folder)
        subprocess.run([build / "tests/bench/bench_network", "write", folder], check=True, stdout=subprocess.DEVNULL)
        net_a, particles = folder / "net-a.onnx", root / "models/hrtem-particles"
        cases = []  # name, model, image, side of what is timed without a file
        for side in SIDES:
            cases.append((f"net A, {side} x {side}, 8 bit", net_a, folder / f"{side}.tif", side))
            write_square(cases[-1][2], side)
        cases.append(("`hrtem-particles`, 4096 x 4096, 16 bit", particles, folder / "micrograph.tif", None))
        write_square(cases[-1][2], 4096, 0.05)
        cases.append(("net A, 1000 x 1000 x 1000, 8 bit", net_a, folder / "volume.tif", None))
        write_volume(cases[-1][2])

        files, networks = [[] for _ in cases], [[] for _ in cases]
        for _ in range(rounds):
            for case, (_, model, path, side) in enumerate(cases):
                files[case].append(time_file(model, path, folder / "output"))
                if side:
                    networks[case].append(time_network(model, side))
        print(f"{threads} threads, median (least) of {rounds}\n")
        print("| what | network, ns a pixel | processor, ns a pixel | file to mask, s | processor-s | MB at most |")
        print("|---|---|---|---|---|---|")
        for (name, *_), file, network in zip(cases, files, networks):
            seconds, processor, memory = zip(*file)
            cost = " | ".join(told(column, 1) for column in zip(*network)) if network else " | "
            print(f"| {name} | {cost} | {told(seconds, 2)} | {told(processor, 2)} | {max(memory):.0f} |")
        costs = [statistics.median(sample[1] for sample in network) for network in networks if network]
        print(f"\nThe dearest pixel costs {max(costs) / min(costs):.2f} of the cheapest, by the medians of processor time.")


main()
