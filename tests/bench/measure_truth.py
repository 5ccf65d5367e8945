"""`fringe measure` against the truth of `fringe simulate`: count, over- and under-splitting, diameters, intervals.

    fringe simulate RECIPE.yaml --count 200 --seed 21 -o DIR
    python3 tests/bench/measure_truth.py FRINGE DIR [MASKS]

MASKS is a folder of predicted masks named as the true ones; without it the true masks are measured. A recipe that is
quick to simulate, since the masks do not need the lens: tests/bench/measure_truth.yaml. Needs numpy and Pillow.

A particle of the truth (of 20 pixels or more in the image) is found in the particle that lies under its centre. Over:
particles without a centre; under: centres beyond the first in one particle. Diameters are area-equivalent, of particles
that hold one centre and that the edge does not cut. An interval is that of one image's mean diameter; the truth that it
should hold is the mean over the whole set. Only images with 10 whole particles or more count there.
"""

import csv
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

LEAST_PX = 20


def truth_of(folder):
    images = {}
    for row in csv.DictReader(open(folder / "truth.csv")):
        particles = images.setdefault(row["image"], [])
        if row["particle"] and float(row["area_px"]) >= LEAST_PX:
            particles.append(row)
    return images


def judge(images, found):
    total = measured = over = under = 0
    ratios, intervals, diameters = [], [], []
    for image, particles in images.items():
        stem = found / (image[:-4] + "-mask")
        rows = list(csv.DictReader(open(f"{stem}-particles.csv")))
        labels = np.array(Image.open(f"{stem}-labels.tif"))
        centres = {}
        for particle in particles:
            at = [min(max(int(float(particle[k])), 0), n - 1) for k, n in zip(("y_px", "x_px"), labels.shape)]
            centres.setdefault(int(labels[tuple(at)]), []).append(particle)
        total += len(particles)
        measured += len(rows)
        for row in rows:
            here = centres.get(int(row["particle"]), [])
            over += not here
            under += max(len(here) - 1, 0)
            if row["border"] == "0":
                diameters.append(float(row["diameter"]))
                if len(here) == 1:
                    true_nm = math.sqrt(4 * float(here[0]["area_px"]) / math.pi) * float(here[0]["pixel_size_nm"])
                    ratios.append(float(row["diameter"]) / true_nm)
        summary = json.load(open(f"{stem}-fringe.json"))["result"]["diameter"]
        if summary["n"] >= 10:
            intervals.append(summary["mean"])
    mean = np.mean(diameters)
    held = sum(i["low"] <= mean <= i["high"] for i in intervals)
    ratios = np.array(ratios)
    print(f"{total} particles, {measured} found: {100 * (measured / total - 1):+.2f} %, over {100 * over / total:.2f} %, "
          f"under {100 * under / total:.2f} %; diameter of {len(ratios)}: bias {100 * (ratios.mean() - 1):+.3f} %, "
          f"s.d. {100 * ratios.std():.2f} %; {held} of {len(intervals)} intervals hold {mean:.3f} nm")


def main():
    fringe, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    masks = sys.argv[3] if len(sys.argv) > 3 else folder
    images = truth_of(folder)
    for options in ([], ["--split", "0.7"], ["--split", "0.8"], ["--split", "0.9"]):
        with tempfile.TemporaryDirectory() as found:
            line = [fringe, "measure", "--min-pixels", str(LEAST_PX), "-o", found, *options, str(masks)]
            subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            print(" ".join(options) or "no splitting", end=": ")
            judge(images, pathlib.Path(found))


if __name__ == "__main__":
    main()
