"""Dice of ONNX networks: on held-out simulated images, and on labelled real panels if a folder of them is given.

    python evaluate.py simulated NETWORK.onnx...
    python evaluate.py panels FOLDER NETWORK.onnx...

Panels are X.png with their truth X_mask.png (255 = particle); the last number of X's name is the side of the
panel in pixels and tells its pixel size. Nothing here chooses a network or a setting: the real panels are
reported on and never trained on.
"""
import glob
import os
import re
import sys
from collections import defaultdict

import numpy as np
import onnxruntime
from PIL import Image
from scipy import ndimage

from simulate import draw_conditions, micrograph

NETWORK_NM_PER_PX = 0.02
PANEL_NM_PER_PX = {"203": 0.0504, "133": 0.077}
STRIDE = 16
TEST_SEED = 2_000_003  # neither trained on nor used to choose the checkpoint
TEST_IMAGES = 100
TEST_SIZE = 512


def particle_probability(session, image):
    """(h, w) of the particle channel for an image at the network's pixel size, any h and w."""
    image = image.astype(np.float64)
    image = ((image - image.mean()) / (image.std() + 1e-6)).astype(np.float32)
    h, w = image.shape
    image = np.pad(image, ((0, -h % STRIDE), (0, -w % STRIDE)), mode="reflect")
    output = session.run(None, {session.get_inputs()[0].name: image[None, None]})[0]
    return output[0, 1, :h, :w]


def bilinear(image, shape):
    """Samples image at the pixel centres of a grid of `shape` over the same field."""
    at = [(np.arange(n) + 0.5) * m / n - 0.5 for n, m in zip(shape, image.shape)]
    return ndimage.map_coordinates(image, np.meshgrid(*at, indexing="ij"), order=1, mode="nearest")


def found_in_panel(session, panel, nm_per_px):
    factor = nm_per_px / NETWORK_NM_PER_PX
    size = [round(n * factor) for n in panel.shape[::-1]]
    grown = np.asarray(Image.fromarray(panel.astype(np.float32)).resize(size, Image.Resampling.BICUBIC))
    return bilinear(particle_probability(session, grown), panel.shape) >= 0.5


class Overlap:
    """Dice over all pixels of several images, so that an empty image counts by its false alarms."""

    def __init__(self):
        self.both = self.found = self.true = 0

    def add(self, found, truth):
        self.both += int((found & truth).sum())
        self.found += int(found.sum())
        self.true += int(truth.sum())

    def dice(self):
        return 2 * self.both / max(1, self.found + self.true)


def table(title, columns, rows):
    print(f"| {title} | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name, overlaps in rows.items():
        print(f"| {name} | " + " | ".join(f"{overlaps[c].dice():.3f}" for c in columns) + " |")


def evaluate_panels(folder, sessions):
    rows = {name: defaultdict(Overlap) for name in sessions}
    counts = defaultdict(int)
    for mask in sorted(glob.glob(os.path.join(folder, "*_mask.png"))):
        name = re.fullmatch(r"gen_([A-Za-z]+[\dp]+nm)_.*_(\d+)_mask\.png", os.path.basename(mask))
        if not name or name[2] not in PANEL_NM_PER_PX:
            continue
        panel = np.asarray(Image.open(mask.replace("_mask.png", ".png")).convert("L"))
        truth = np.asarray(Image.open(mask).convert("L")) > 127
        kind = f"{name[1]}, {PANEL_NM_PER_PX[name[2]]} nm/px"
        counts[kind] += 1
        for network, session in sessions.items():
            found = found_in_panel(session, panel, PANEL_NM_PER_PX[name[2]])
            for column in (kind, "all"):
                rows[network][column].add(found, truth)
    print("panels: " + ", ".join(f"{kind}: {n}" for kind, n in counts.items()) + "\n")
    table("network", [*counts, "all"], rows)


def evaluate_simulated(sessions):
    rows = {name: defaultdict(Overlap) for name in sessions}
    columns = ["all", "below 300 e/A2", "300 to 1000", "above 1000", "inverted"]
    for i in range(TEST_IMAGES):
        rng = np.random.default_rng([TEST_SEED, i])
        conditions = draw_conditions(rng)
        image, truth = micrograph(rng, (TEST_SIZE, TEST_SIZE), conditions)
        dose = conditions.dose_per_A2
        dosed = columns[1 if dose < 300 else 2 if dose <= 1000 else 3]
        for network, session in sessions.items():
            found = particle_probability(session, image) >= 0.5
            for column in ("all", dosed) + (("inverted",) if conditions.inverted else ()):
                rows[network][column].add(found, truth)
    table("network", columns, rows)


def main(arguments):
    panels = arguments[:1] == ["panels"]
    networks = arguments[2 if panels else 1:]
    if arguments[:1] not in (["panels"], ["simulated"]) or not networks:
        sys.exit(__doc__)
    sessions = {os.path.basename(n).removesuffix(".onnx"):
                onnxruntime.InferenceSession(n, providers=["CPUExecutionProvider"]) for n in networks}
    evaluate_panels(arguments[1], sessions) if panels else evaluate_simulated(sessions)


if __name__ == "__main__":
    main(sys.argv[1:])
