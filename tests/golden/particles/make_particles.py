"""Writes what scikit-image and SciPy measure on shapes of our own: the fixtures of tests/unit/test_particles_golden.c.

    venv/bin/pip install scikit-image==0.26.0 scipy==1.17.1 numpy
    venv/bin/python tests/golden/particles/make_particles.py

mask.npy    (96, 128) uint8, 0 or 1
grey.npy    (96, 128) float32
shapes.npy  one row per 8-connected component, in the order of their first pixels:
            pixels, x, y, x0, y0, x1, y1, mean, least, greatest, ratio of the ellipse's axes, its angle in degrees against
            the clock, pixels of the convex hull of the pixels' corners, distance to the nearest other centroid
squares.npy (96, 128) float32: squared distance to the background
"""

import pathlib

import numpy as np
from scipy import ndimage, spatial
from skimage import draw, measure

HERE = pathlib.Path(__file__).parent


def shapes(rng):
    mask = np.zeros((96, 128), bool)
    for _ in range(14):
        y, x = rng.uniform(4, 92), rng.uniform(4, 124)
        rr, cc = draw.ellipse(y, x, rng.uniform(2, 11), rng.uniform(2, 11), mask.shape, rotation=rng.uniform(0, 3))
        mask[rr, cc] = True
    mask &= rng.random(mask.shape) > 0.02  # holes and corners
    mask[0, 127] = mask[95, 0] = True  # single pixels
    return mask


def hull_area(region):
    corners = np.concatenate([region.coords + [dy, dx] for dy in (0, 1) for dx in (0, 1)])
    return spatial.ConvexHull(corners).volume  # of two dimensions: the area


def row(region, all_regions):
    # scikit-image takes pixels for points; a square pixel has a moment of its own, 1/12.
    yy, yx, xx = (region.moments_central[i] / region.area for i in ((2, 0), (1, 1), (0, 2)))
    least, most = np.sqrt(np.linalg.eigvalsh([[xx + 1 / 12, yx], [yx, yy + 1 / 12]]))
    angle = np.degrees(-0.5 * np.arctan2(2 * yx, xx - yy)) % 180
    y, x = region.centroid
    y0, x0, y1, x1 = region.bbox
    apart = min(np.hypot(x - r.centroid[1], y - r.centroid[0]) for r in all_regions if r is not region)
    return [region.area, x + 0.5, y + 0.5, x0, y0, x1, y1, region.intensity_mean, region.intensity_min,
            region.intensity_max, least / most, angle, hull_area(region), apart]


def main():
    rng = np.random.default_rng(5)
    mask = shapes(rng)
    grey = rng.normal(100, 20, mask.shape).astype(np.float32)
    regions = measure.regionprops(measure.label(mask, connectivity=2), grey)
    regions.sort(key=lambda r: tuple(r.coords[0]))
    np.save(HERE / "mask.npy", mask.astype(np.uint8))
    np.save(HERE / "grey.npy", grey)
    np.save(HERE / "shapes.npy", np.array([row(r, regions) for r in regions]))
    # Beyond the edge nothing is known: SciPy's transform does not take it for background either.
    np.save(HERE / "squares.npy", (ndimage.distance_transform_edt(mask) ** 2).astype(np.float32))
    print(len(regions), "shapes")


if __name__ == "__main__":
    main()
