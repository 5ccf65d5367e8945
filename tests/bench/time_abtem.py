"""Times abTEM on the atoms that bench_simulate wrote: the same slices, phonons and lens.

    python3 time_abtem.py ATOMS THREADS ROUNDS
"""
import sys
import time

import abtem
import dask
import numpy as np
from ase import Atoms

lines = [line.split() for line in open(sys.argv[1])]
threads, rounds = int(sys.argv[2]), int(sys.argv[3])
atoms = Atoms([line[0] for line in lines], positions=[[float(x) for x in line[1:]] for line in lines],
              cell=(102.4, 102.4, 84))
dask.config.set(scheduler="threads", num_workers=threads)
abtem.config.set({"fft": "fftw", "precision": "float32", "diagnostics.progress_bar": False})
phonons = abtem.FrozenPhonons(atoms, 8, sigmas={"Au": 0.089, "C": 0.08}, seed=3)
potential = abtem.Potential(phonons, gpts=(512, 512), slice_thickness=2, projection="infinite", parametrization="lobato")
ctf = abtem.CTF(energy=300e3, defocus=60, Cs=1e5, focal_spread=42)
ms = []
for _ in range(rounds + 1):  # the first one plans the transforms and compiles
    begun = time.perf_counter()
    image = abtem.PlaneWave(energy=300e3).multislice(potential).apply_ctf(ctf).intensity().reduce_ensemble()
    image.compute()
    ms.append(1e3 * (time.perf_counter() - begun))
ms = np.sort(ms[1:])
print(f"abtem: median {ms[len(ms) // 2]:.0f} ms best {ms[0]:.0f} ms")
