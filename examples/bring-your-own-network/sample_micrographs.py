"""Writes the simulated micrographs of the quick start: calibrated TIFFs, and their truth in a folder of its own.

    python sample_micrographs.py ../micrographs
"""
import os
import sys

import numpy as np
import tifffile
from PIL import Image

from simulate import CUBIC, draw_conditions, micrograph

SEED = 24

PLAIN = dict(touching=False, inverted=False, eight_bit=False, vacuum=False, lumps=False, drift_nm=0.0,
             coarse=1.0, kilovolt=300, cs_nm=1e4, defocus_nm=8.0, focal_spread_nm=2.0, support=0.25, crystal=0.3)

# name: (rows, columns), bits, what is fixed
SAMPLES = {
    "simulated-gold-5nm": ((704, 704), 16, dict(
        nm_per_px=0.02, lattice_nm=CUBIC["Au"], diameter_nm=5.0, coverage=0.35, dose_per_A2=900,
        illumination=0.1, xray_per_px=2e-5)),
    "simulated-gold-2nm": ((512, 512), 16, dict(
        nm_per_px=0.03, lattice_nm=CUBIC["Au"], diameter_nm=2.2, coverage=0.25, dose_per_A2=700,
        illumination=0.0, xray_per_px=0.0)),
    "simulated-cdse-low-dose": ((640, 832), 8, dict(
        nm_per_px=0.025, lattice_nm=CUBIC["CdSe"], diameter_nm=4.0, coverage=0.3, dose_per_A2=150,
        illumination=0.2, xray_per_px=1e-4)),
    "simulated-silver-touching": ((512, 768), 8, dict(
        nm_per_px=0.02, lattice_nm=CUBIC["Ag"], diameter_nm=4.0, coverage=0.6, touching=True, dose_per_A2=1500,
        illumination=0.0, xray_per_px=0.0)),
}


def digitised(image, bits):
    """Counts as the integers of a file; the 8-bit one is stretched, as an export for a figure would be."""
    if bits == 16:
        return np.clip(np.round((image - image.min()) * 100), 0, 65535).astype(np.uint16)
    low, high = np.percentile(image, [0.1, 99.9])
    return np.round(np.clip((image - low) / (high - low), 0, 1) * 255).astype(np.uint8)


def write_calibrated(path, pixels, nm_per_px):
    """TIFF that ImageJ opens with its pixel size: the unit in the description, pixels per unit in the tags."""
    low, high = np.percentile(pixels, [0.2, 99.8])
    description = f"ImageJ=1.54f\nunit=nm\nmin={low:.1f}\nmax={high:.1f}\n"
    tifffile.imwrite(path, pixels, photometric="minisblack", compression="zlib", predictor=True,
                     compressionargs={"level": 9}, resolution=(1 / nm_per_px, 1 / nm_per_px),
                     resolutionunit="NONE", description=description, metadata=None, software="")


def main(folder):
    os.makedirs(os.path.join(folder, "truth"), exist_ok=True)
    for i, (name, (shape, bits, fixed)) in enumerate(SAMPLES.items()):
        rng = np.random.default_rng([SEED, i])
        image, truth = micrograph(rng, shape, draw_conditions(rng, **{**PLAIN, **fixed}))
        write_calibrated(os.path.join(folder, name + ".tif"), digitised(image, bits), fixed["nm_per_px"])
        mask = Image.fromarray(truth.astype(np.uint8) * 255)
        mask.save(os.path.join(folder, "truth", name + "-mask.png"), optimize=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
