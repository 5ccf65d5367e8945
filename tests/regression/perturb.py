"""Copies calibrated micrographs with one thing changed that a network ought not to mind, and their masks along.

    python perturb.py FOLDER OUT zoom-0.8 | zoom-1.25 | noise | inverted | ramp

FOLDER holds X.tif and X-mask.tif as `fringe simulate` writes them. zoom: that many times the pixels, the calibration
says so. noise: Gaussian of a tenth of the range from the 0.1st to the 99.9th percentile. ramp: 20 % less at the left
edge, 20 % more at the right one. `fringe evaluate --truth OUT OUT` then says what it costs. Needs numpy, scipy, tifffile.
"""
import os
import sys

import numpy as np
import tifffile
from scipy import ndimage


def changed(image, kind, rng):
    low, high = np.percentile(image, [0.1, 99.9])
    if kind == "noise":
        return image + rng.normal(0, 0.1 * (high - low), image.shape)
    if kind == "inverted":
        return high - image
    if kind == "ramp":
        return image * np.linspace(0.8, 1.2, image.shape[1])
    return image


def main(folder, out, kind):
    os.makedirs(out, exist_ok=True)
    zoom = float(kind[5:]) if kind.startswith("zoom-") else 1
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".tif") or name.endswith("-mask.tif"):
            continue
        with tifffile.TiffFile(os.path.join(folder, name)) as file:
            image = file.asarray().astype(np.float64)
            pixels, units = file.pages[0].tags["XResolution"].value
        mask = tifffile.imread(os.path.join(folder, name[:-4] + "-mask.tif"))
        image = changed(image, kind, np.random.default_rng(sum(name.encode())))
        if zoom != 1:
            image, mask = ndimage.zoom(image, zoom, order=3), ndimage.zoom(mask, zoom, order=0)
        tifffile.imwrite(os.path.join(out, name), image.astype(np.float32), imagej=True, metadata={"unit": "nm"},
                         resolution=(pixels / units * zoom, pixels / units * zoom))
        tifffile.imwrite(os.path.join(out, name[:-4] + "-mask.tif"), mask)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
