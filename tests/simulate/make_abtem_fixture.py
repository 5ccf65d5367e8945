#!/usr/bin/env python3
"""Writes the fixture of tests/unit/test_simulate_abtem.c with abTEM, an independent multislice (PyPI: abtem).

    python3 make_abtem_fixture.py            writes abtem-*.npy beside this file

The same atoms go through both programs: a small tilted gold crystal on a few layers of carbon. The files:
abtem-atoms.npy (count x 4: x, y, z in A, atomic number), abtem-wave.npy (real, imaginary part, rows) and
abtem-image.npy (intensity behind a lens with every aberration that Fringe knows and both envelopes).
Potentials: Lobato, projected whole into the slice of the centre ("infinite"). abTEM places atoms between pixels by
linear interpolation, which damps high frequencies: so all atoms stand on pixels here, and the test itself shows
that moving them by part of a pixel moves our wave and nothing else. The band limit is a sharp one (antialias.taper 0),
as ours. abTEM's wave leaves at the last slice itself, ours one slice behind it: abTEM gets one more, empty slice.
Slices of 2 A, 300 kV. The numbers below stand in the test as well.
"""
from pathlib import Path

import abtem
import numpy as np
from ase import Atoms
from ase.build import bulk

CELL, DEPTH, PIXELS, PIXEL, SLICE = (24.0, 20.0), 24.0, (120, 100), 0.2, 2.0


def sample() -> Atoms:
    gold = bulk("Au", cubic=True) * (6, 6, 6)
    gold.rotate(17, "x")
    gold.rotate(8, "y")
    gold.positions -= gold.positions.mean(0)
    gold = gold[np.linalg.norm(gold.positions, axis=1) < 6.5]
    gold.positions += (12.3, 9.4, 16.0)
    rng = np.random.default_rng(5)
    carbon = []
    while len(carbon) < 180:
        p = rng.uniform(0, 1, 3) * (*CELL, 8.0)
        d = [p - q - np.round((p - q) / (*CELL, 1e9)) * (*CELL, 0) for q in carbon]
        if not d or np.min(np.linalg.norm(d, axis=1)) > 1.35:
            carbon.append(p)
    atoms = gold + Atoms("C180", positions=carbon)
    atoms.positions[:, :2] = np.round(atoms.positions[:, :2] / PIXEL) * PIXEL
    atoms.positions[:, 2] = (np.floor(atoms.positions[:, 2] / SLICE) + 0.5) * SLICE
    atoms.set_cell((*CELL, DEPTH + SLICE))
    return atoms


def main() -> None:
    abtem.config.set({"precision": "float64", "antialias.taper": 0.0})
    here = Path(__file__).parent
    atoms = sample()
    potential = abtem.Potential(atoms, gpts=PIXELS, slice_thickness=SLICE, parametrization="lobato",
                                projection="infinite")
    wave = abtem.PlaneWave(energy=300e3).multislice(potential).compute()
    ctf = abtem.CTF(energy=300e3, defocus=400.0, Cs=0.6e7, C12=60, phi12=0.5, C21=800, phi21=1.1, C23=900, phi23=-0.4,
                    focal_spread=40 * np.sqrt(2), angular_spread=0.2 * np.sqrt(2), semiangle_cutoff=np.inf)
    image = wave.apply_ctf(ctf).intensity().compute().array
    table = np.c_[atoms.positions, atoms.numbers].astype(np.float32)
    np.save(here / "abtem-atoms.npy", table)
    # abTEM's first axis is x: rows are y here.
    np.save(here / "abtem-wave.npy", np.concatenate([wave.array.T.real, wave.array.T.imag]).astype(np.float32))
    np.save(here / "abtem-image.npy", image.T.astype(np.float32))
    print(len(atoms), "atoms; wave", wave.array.shape, "image", image.mean(), image.std())


if __name__ == "__main__":
    main()
