"""Images and volumes of growing size from file to mask: time, time a pixel, memory.

    python tests/bench/run_sizes.py BUILD [FOLDER]

BUILD holds the programs fringe and bench_network, FOLDER (the system's own for short-lived files otherwise) is where some
3 GB find room, best in memory. THREADS (2) and ROUNDS (3) may be set: of so many runs the fastest is told, since another's
work on the machine only ever adds. Needs numpy and tifffile.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tifffile

SIDES = [512, 1024, 2048, 4096, 8192, 16384]
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


def run(model, path, folder):
    """Seconds from file to mask, processor seconds and peak MB of one run."""
    output = Path(folder) / "output"
    begin = time.perf_counter()
    child = subprocess.Popen([fringe, "segment", "--model", model, "--threads", threads, "-o", output, path],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory, ended = 0, 0
    while not ended:  # what wait4 tells of memory would be this process's own, where that is more
        memory = max(memory, peak_memory(child.pid))
        time.sleep(0.005)
        ended, status, used = os.wait4(child.pid, os.WNOHANG)
    seconds = time.perf_counter() - begin
    if status:
        sys.exit(f"fringe segment {path} ended with {os.waitstatus_to_exitcode(status)}")
    shutil.rmtree(output)
    return seconds, used.ru_utime + used.ru_stime, memory


def peak_memory(process):
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))  # an ended one has none


def network_time(model, side):
    """Nanoseconds a pixel that the network itself takes."""
    said = subprocess.run([fringe, "model", "time", model, "--size", str(side), "--threads", threads, "--runs", "3"],
                          check=True, capture_output=True, text=True).stdout
    return 1e6 * float(re.search(r"best ([0-9.]+) ms", said)[1]) / side**2


def main():
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        subprocess.run([build / "tests/bench/bench_network", "write", folder], check=True, stdout=subprocess.DEVNULL)
        net_a, path = Path(folder) / "net-a.onnx", Path(folder) / "image.tif"
        print(f"{threads} threads, fastest of {rounds}\n", flush=True)
        print("| what | network, ns a pixel | file to mask, s | processor-s | MB at most |\n|---|---|---|---|---|", flush=True)

        def tell(name, model, side=0):
            runs = [run(model, path, folder) for _ in range(rounds)]
            network = f"{min(network_time(model, side) for _ in range(rounds)):.1f}" if side else ""
            seconds, processor, memory = min(r[0] for r in runs), min(r[1] for r in runs), max(r[2] for r in runs)
            print(f"| {name} | {network} | {seconds:.2f} | {processor:.2f} | {memory:.0f} |", flush=True)

        for side in SIDES:
            write_square(path, side)
            tell(f"net A, {side} x {side}, 8 bit", net_a, side)
        write_square(path, 4096, 0.05)
        tell("`hrtem-particles`, 4096 x 4096, 16 bit", root / "models/hrtem-particles", 4096)
        write_volume(path)
        tell("net A, 1000 x 1000 x 1000, 8 bit", net_a)


main()
