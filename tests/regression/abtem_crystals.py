"""Single nanocrystals that another simulation made, with faults that are seen or with none: what the forest of
stacking faults, trained on Fringe's own, has never seen.

    python abtem_crystals.py OUT COUNT [SEED]

abTEM's multislice of crystals stacked here layer by layer: fcc metals, zincblende and wurtzite; half of them with
stacking faults, twins or both, seen within five degrees of edge-on, some decahedra; half of them whole, most along
the same zone axis. On carbon, free, or filling the frame. OUT/cNNN.tif, OUT/cNNN-mask.tif and OUT/truth.csv, with
the columns that `particle_faults table OUT` reads. Needs abtem, ase, scipy, tifffile; five seconds an image.
"""
import csv
import os
import sys
from collections import namedtuple

import abtem
import ase
import numpy as np
from ase.cluster import Decahedron
from ase.data import atomic_numbers
from scipy import ndimage

from abtem_micrographs import (CARBON_PER_A3, begin, count, exit_wave, facing, intensity, scherzer, shadow, unit,
                               write)

SEED = 7
EDGE_ON_DEG, TRACE_LEAST_A = 5, 10
MARGIN_A = 15  # of what fills the frame: the cell's border does not show in it
STANDS_OUT, FINEST_PER_A = 5, 1 / 1.2

# Close-packed layers: neighbours in a row, layers on each other; of a compound every atom carries one above it.
Crystal = namedtuple("Crystal", "name elements row layer hexagonal")


def cubic(name, elements, a):
    return Crystal(name, elements, a / np.sqrt(2), a / np.sqrt(3), False)


CRYSTALS = [cubic("Au", ["Au"], 4.078), cubic("Ag", ["Ag"], 4.086), cubic("Pd", ["Pd"], 3.89),
            cubic("Pt", ["Pt"], 3.924), cubic("Cu", ["Cu"], 3.615), cubic("ZnSe", ["Zn", "Se"], 5.668),
            cubic("ZnS", ["Zn", "S"], 5.409), Crystal("CdSe", ["Cd", "Se"], 4.299, 7.01 / 2, True),
            Crystal("ZnS", ["Zn", "S"], 3.823, 6.261 / 2, True)]

# In the axes of the layers: along a row, across it in the layer, up.
ROW, ACROSS, UP = np.eye(3)
CUBE = np.array([1 / np.sqrt(2), -1 / np.sqrt(6), 1 / np.sqrt(3)])

# kV, spherical aberration in A, focal spread in A; corrected ones work about focus, the others about Scherzer's.
MICROSCOPES = [(300, (-1e5, 1e5), (8, 25)), (200, (-1e5, 1e5), (10, 30)), (80, (-1e5, 1e5), (8, 20)),
               (300, (0.5e7, 1.2e7), (20, 45)), (200, (0.5e7, 1.0e7), (20, 45))]


def shifts(crystal, layers, faults):
    """Thirds of a period that each layer is moved by: the same step again and again in a cubic crystal, to and fro
    in a hexagonal one. A fault is a step that is not as it should be; a twin's are all others from there on."""
    steps, sign = [], 1
    for layer in range(layers):
        kind = faults.get(layer)
        if kind == "twin" or (crystal.hexagonal and kind is None):
            sign = -sign
        steps.append(-sign if kind == "stacking fault" else sign)
    return np.cumsum(steps) % 3


def stack(crystal, reach, faults):
    """All atoms of a box: positions and atomic numbers. Faults are by layer, the middle one is 0."""
    layers, rows, columns = (int(np.ceil(reach / d)) for d in (crystal.layer, crystal.row * 0.866, crystal.row))
    k, j, i = np.mgrid[-layers : layers + 1, -rows : rows + 1, -columns : columns + 1]
    shift = shifts(crystal, 2 * layers + 1, {layer + layers: kind for layer, kind in faults.items()})[k + layers]
    first = np.stack([crystal.row * (i + (j % 2) / 2 + shift / 2), crystal.row * np.sqrt(3) * (j / 2 + shift / 6),
                      crystal.layer * k], -1).reshape(-1, 3)
    places = [first + 0.75 * crystal.layer * UP * above for above in range(len(crystal.elements))]
    return np.concatenate(places), np.repeat([atomic_numbers[e] for e in crystal.elements], len(first))


def cut(rng, positions, diameter):
    """Which atoms a sphere or a polyhedron of eight to fourteen planes holds."""
    squares = (positions**2).sum(1)
    if rng.random() < 0.4:
        return squares < (diameter / 2) ** 2
    normals = rng.normal(size=(rng.integers(8, 15), 3))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    inside = np.all(positions @ normals.T < diameter / 2 * rng.uniform(0.75, 1, len(normals)), 1)
    return inside & (squares < (diameter / 2 * 1.15) ** 2)


def draw_faults(rng, crystal, diameter):
    """One, or two of a kind or not, in the middle half of the crystal."""
    kinds = ["I1"] if crystal.hexagonal else ["stacking fault", "stacking fault", "twin"]
    most = max(1, int(diameter / 4 / crystal.layer))
    faults = {}
    for _ in range(1 if rng.random() < 0.7 else 2):
        faults[int(rng.integers(-most, most + 1))] = kinds[rng.integers(len(kinds))]
    return faults


def draw_zone(rng, crystal, faulted):
    """Faults are seen along a row."""
    others = [UP, ACROSS] if crystal.hexagonal else [UP, ACROSS, CUBE]
    return ROW if faulted or rng.random() < 0.65 else others[rng.integers(len(others))]


def decahedron(rng, crystal, diameter):
    """Five twins about the beam; as wide as asked for to a row of atoms."""
    edge = max(2, int(round(diameter / 2 / crystal.row)) - 1)
    atoms = Decahedron(crystal.name, edge, int(rng.integers(2, edge + 3)), int(rng.integers(0, 2)),
                       latticeconstant=crystal.row * np.sqrt(2))
    return atoms.positions - atoms.positions.mean(0), atoms.numbers


def is_seen(positions, beside, normal, low, high):
    """Whether a plane stands along the beam and its trace, by the atoms beside it, is long enough in the frame."""
    if np.degrees(np.arcsin(abs(normal[2]))) >= EDGE_ON_DEG:
        return False
    frame = positions[beside & np.all((positions[:, :2] >= low) & (positions[:, :2] < high), 1), :2]
    return len(frame) > 1 and np.ptp(frame @ unit(np.array([-normal[1], normal[0]]))) >= TRACE_LEAST_A


def specimen(rng, crystal, faulted, truth):
    """A crystal in a square cell: its atoms, all atoms, the part of the cell that is imaged (A)."""
    diameter = rng.uniform(30, 100)
    where = ["carbon", "free", "filled"][np.searchsorted([0.6, 0.85], rng.random())]
    five = faulted and len(crystal.elements) == 1 and rng.random() < 0.2
    if five and where == "filled":
        where = "free"
    frame = diameter * (0.8 if where == "filled" else rng.uniform(1.3, 1.9))
    side = frame + (2 * MARGIN_A if where == "filled" else 0)
    faults = draw_faults(rng, crystal, frame if where == "filled" else diameter) if faulted and not five else {}
    zone = UP if five else draw_zone(rng, crystal, faulted)
    rotation = facing(rng, zone)
    origin = rng.uniform(0, 1, 3) * [crystal.row, crystal.row, 0]
    if five:
        places, numbers = decahedron(rng, crystal, diameter)
    else:
        places, numbers = stack(crystal, side if where == "filled" else diameter * 0.6, faults)
        if where != "filled":
            inside = cut(rng, places - origin, diameter)
            places, numbers = places[inside], numbers[inside]
    middle = side / 2 + rng.uniform(-1, 1, 2) * max(0, frame - 1.2 * diameter) / 2
    positions = places @ rotation.T + [*(middle - (rotation @ origin)[:2]), 0]
    if where == "filled":
        inside = np.all((positions[:, :2] >= 0) & (positions[:, :2] < side), 1)
        inside &= abs(positions[:, 2]) < rng.uniform(15, 35)
        places, positions, numbers = places[inside], positions[inside], numbers[inside]
    film = rng.uniform(10, 40) if where == "carbon" else 0
    positions[:, 2] += film + 2 - positions[:, 2].min()
    carbon = rng.uniform(0, 1, (int(CARBON_PER_A3 * side * side * film), 3)) * [side, side, film]
    low = (side - frame) / 2
    atoms = ase.Atoms(numbers=np.concatenate([numbers, np.full(len(carbon), 6)]),
                      positions=np.concatenate([positions, carbon]), cell=[side, side, positions[:, 2].max() + 3])
    truth.update(material=crystal.name, structure="wurtzite" if crystal.hexagonal else "cubic", surroundings=where,
                 shape="decahedron" if five else "crystal", particle_diameter_nm=diameter / 10, on_zone=1,
                 zone=" ".join(f"{v:.6g}" for v in zone), rotation=" ".join(f"{v:.6g}" for v in rotation.ravel()),
                 twin_plane_count=5 * five, edge_on_count=5 * five)
    for n, (layer, kind) in enumerate(sorted(faults.items()), 1):
        beside = abs(places[:, 2] - crystal.layer * (layer - 0.5)) < crystal.layer
        truth.update({f"fault{n}_kind": kind,
                      f"fault{n}_edge_on": int(is_seen(positions, beside, rotation[:, 2], low, low + frame))})
    return positions, numbers, atoms, low, frame


def is_resolved(image, mask, density, pixel):
    """Whether two reflections of different direction that the projected crystal has stand out of their rings in
    the particle's own pixels."""
    side = 2 * max(image.shape)
    power = abs(np.fft.fft2(np.where(mask, image - image[mask].mean(), 0), (side, side))) ** 2
    known = abs(np.fft.fft2(np.where(mask, density - density[mask].mean(), 0), (side, side))) ** 2
    gx, gy = np.meshgrid(*[np.fft.fftfreq(side, pixel)] * 2, indexing="ij")
    g = np.hypot(gx, gy)
    extent = np.sqrt(mask.sum() * 4 / np.pi) * pixel
    known[(g < 3 / extent) | (g > min(FINEST_PER_A, 0.45 / pixel))] = 0
    wide = 2 * int(np.ceil(side * pixel / extent)) + 1
    peaks = (known == ndimage.maximum_filter(known, wide, mode="wrap")) & (known > 0.05 * known.max())
    ring = np.round(g * side * pixel).astype(int)
    directions = [np.arctan2(gy[p], gx[p]) for p in zip(*np.nonzero(peaks & (gx >= 0)))
                  if power[p] >= STANDS_OUT * np.median(power[abs(ring - ring[p]) <= 1])]
    return any(abs(np.sin(a - b)) > 0.17 for a in directions for b in directions)


def micrograph(rng, crystal, faulted, truth):
    pixel = rng.uniform(0.2, min(0.5, crystal.layer / 5))
    positions, numbers, atoms, low, frame = specimen(rng, crystal, faulted, truth)
    side_px = int(round(atoms.cell[0, 0] / pixel / 8)) * 8
    pixel = atoms.cell[0, 0] / side_px
    kept = slice(int(np.ceil(low / pixel)), int((low + frame) / pixel))
    atoms.positions += rng.normal(0, 0.07, atoms.positions.shape)
    kilovolt, cs, spread = MICROSCOPES[rng.integers(len(MICROSCOPES))]
    cs, volt = rng.uniform(*cs), kilovolt * 1e3
    defocus = (scherzer(cs, volt) if cs > 1e6 else 0) + rng.uniform(-120, 120)
    lens = abtem.CTF(energy=volt, Cs=cs, defocus=defocus, astigmatism=rng.uniform(0, 15),
                     astigmatism_angle=rng.uniform(0, 3), focal_spread=rng.uniform(*spread),
                     angular_spread=rng.uniform(0.05, 0.3), semiangle_cutoff=45)
    image = intensity(exit_wave(atoms, pixel, side_px, volt), lens, side_px)[kept, kept]
    dose = np.exp(rng.uniform(np.log(200), np.log(3000)))
    image = count(rng, image, dose, pixel)
    edges = np.arange(side_px + 1) * pixel
    density = np.histogram2d(*positions[:, :2].T, bins=[edges, edges], weights=numbers)[0][kept, kept]
    mask = np.ones(image.shape, bool) if low else shadow(positions, pixel, side_px)[kept, kept]
    y, x = (int(v.mean()) for v in np.nonzero(mask))
    truth.update(particle=1, pixel_size_nm=pixel / 10, kilovolt=kilovolt, cs_mm=cs / 1e7, defocus_nm=defocus / 10,
                 dose_per_a2=dose, x_px=x, y_px=y, area_px=int(mask.sum()),
                 resolved=int(is_resolved(image, mask, density, pixel)))
    return image, mask, pixel


def main(out, number, seed):
    begin()
    os.makedirs(out, exist_ok=True)
    rows = []
    for i in range(number):
        truth = {"image": f"c{i:03d}.tif"}
        rng = np.random.default_rng([seed, i])
        write(out, f"c{i:03d}", *micrograph(rng, CRYSTALS[i % len(CRYSTALS)], i % 2 == 0, truth))
        rows.append(truth)
    names = list(rows[0]) + [f"fault{n}_{what}" for n in (1, 2, 3) for what in ("kind", "edge_on")]
    with open(os.path.join(out, "truth.csv"), "w", newline="") as file:
        table = csv.DictWriter(file, list(dict.fromkeys(names)), restval="")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) == 4 else SEED)
