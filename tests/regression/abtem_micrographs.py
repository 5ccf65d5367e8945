"""Micrographs that another simulation made, with truth: what a network trained on Fringe's own has never seen.

    python abtem_micrographs.py OUT COUNT

abTEM's multislice (Kirkland's potentials) of particles that ASE built, on random carbon atoms: OUT/aNNN.tif, 16 bit,
and OUT/aNNN-mask.tif, calibrated. Materials take turns: Au, Ag, Pd, CdSe, Co3O4; dose 80 to 2000 e/A^2, 0.02 to
0.045 nm per pixel, 80, 200 or 300 kV, half corrected. Needs abtem, ase, scipy, tifffile; half a minute an image.
"""
import os
import sys

import abtem
import ase
import numpy as np
import tifffile
from ase.build import bulk
from ase.spacegroup import crystal
from scipy import ndimage

SEED = 99
SIDE_PX = 512
MATERIALS = ["Au", "Ag", "Pd", "CdSe", "Co3O4"]
FCC_A = {"Au": 4.078, "Ag": 4.086, "Pd": 3.89}
CARBON_PER_A3 = 0.1
RADIUS_A = 1.4  # of the disc that an atom is in the truth
ZONES = [[1, 1, 0], [1, 0, 0], [1, 1, 1], [1, 1, 2]]
HEXAGONAL_ZONES = [[0, 0, 1], [1, 0, 0], [1, 1, 0]]


def unit_cell(material):
    if material in FCC_A:
        return bulk(material, "fcc", a=FCC_A[material], cubic=True)
    if material == "CdSe":
        return crystal(["Cd", "Se"], [(1 / 3, 2 / 3, 0), (1 / 3, 2 / 3, 0.375)], spacegroup=186,
                       cellpar=[4.299, 4.299, 7.01, 90, 90, 120])
    return crystal(["Co", "Co", "O"], [(1 / 8, 1 / 8, 1 / 8), (0.5, 0.5, 0.5), (0.2631, 0.2631, 0.2631)],
                   spacegroup=227, setting=2, cellpar=[8.084] * 3 + [90] * 3)


def unit(vector):
    return vector / np.linalg.norm(vector)


def facing(rng, zone):
    """Turned anyhow about a zone axis that lies along the beam to a degree or two."""
    zone = unit(zone + rng.normal(0, 0.02, 3))
    across = unit(np.cross(zone, rng.normal(size=3)))
    return np.array([across, np.cross(zone, across), zone])


def orientation(rng, material, cell):
    """Rows are the image's axes and the beam: six of ten within a degree or two of a zone axis."""
    if rng.random() >= 0.6:
        q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        return q * np.sign(np.linalg.det(q))
    zone = np.array(ZONES[rng.integers(4)], float)
    if material == "CdSe":
        zone = np.array(HEXAGONAL_ZONES[rng.integers(3)], float)
    return facing(rng, unit(zone @ cell.cell.array))


def particle(rng, material, diameter):
    """A sphere, or a polyhedron of ten random planes: positions and atomic numbers."""
    cell = unit_cell(material)
    atoms = cell.repeat((int(diameter / min(cell.cell.lengths())) + 5,) * 3)
    positions = atoms.positions - atoms.positions.mean(0)
    squares = (positions**2).sum(1)
    if rng.random() < 0.5:
        inside = squares < (diameter / 2) ** 2
    else:
        normals = rng.normal(size=(10, 3))
        normals /= np.linalg.norm(normals, axis=1)[:, None]
        inside = np.all(positions @ normals.T < diameter / 2 * rng.uniform(0.75, 1, 10), 1)
        inside &= squares < (diameter / 2 * 1.15) ** 2
    return positions[inside] @ orientation(rng, material, cell).T, atoms.numbers[inside]


def shadow(positions, pixel, side_px=SIDE_PX):
    """Discs of all atoms, holes filled."""
    mask = np.zeros((side_px, side_px), bool)
    place = np.clip((positions[:, :2] / pixel).astype(int), 0, side_px - 1)
    mask[place[:, 0], place[:, 1]] = True
    reach = int(np.ceil(1.5 / pixel))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return ndimage.binary_fill_holes(ndimage.binary_dilation(mask, x * x + y * y <= (RADIUS_A / pixel) ** 2))


def specimen(rng, material, pixel):
    side, film = pixel * SIDE_PX, rng.uniform(20, 50)
    typical = np.exp(rng.uniform(np.log(18), np.log(60)))
    positions = [rng.uniform(0, 1, (int(CARBON_PER_A3 * side * side * film), 3)) * [side, side, film]]
    numbers = [np.full(len(positions[0]), 6)]
    mask, top, placed = np.zeros((SIDE_PX, SIDE_PX), bool), film, []
    count = max(1, int(0.25 * side * side / (np.pi * typical * typical / 4) * rng.uniform(0.5, 1.3)))
    for _ in range(count * 3):
        if len(placed) >= count:
            break
        diameter = typical * rng.uniform(0.8, 1.2)
        x, y = rng.uniform(0, side, 2)
        if any(np.hypot(x - a, y - b) < (diameter + c) / 2 * 1.12 for a, b, c in placed):
            continue
        placed.append((x, y, diameter))
        atoms, kinds = particle(rng, material, diameter)
        atoms = atoms + [x, y, 0]
        atoms[:, 2] += film - atoms[:, 2].min() + 1
        inside = np.all((atoms[:, :2] >= 0) & (atoms[:, :2] < side), 1)
        positions.append(atoms[inside])
        numbers.append(kinds[inside])
        if inside.any():
            top = max(top, atoms[inside, 2].max())
        mask |= shadow(atoms[inside], pixel)
    return ase.Atoms(numbers=np.concatenate(numbers), positions=np.concatenate(positions), cell=[side, side, top + 3]), mask


def exit_wave(atoms, pixel, side_px, volt):
    """On the image's grid, or one and a half times as fine where its pixels are coarse."""
    grid = side_px if pixel < 0.28 else side_px * 3 // 2
    potential = abtem.Potential(atoms, sampling=pixel * side_px / grid, slice_thickness=3, projection="infinite",
                                parametrization="kirkland")
    return abtem.PlaneWave(energy=volt).multislice(potential)


def scherzer(cs, volt):
    return 1.2 * np.sqrt(cs * abtem.core.energy.energy2wavelength(volt))


def intensity(wave, lens, side_px):
    image = wave.apply_ctf(lens).intensity().compute().array
    return image if len(image) == side_px else ndimage.zoom(image, side_px / len(image), order=1)


def count(rng, image, dose, pixel):
    """What a camera makes of it."""
    counts = rng.poisson(np.clip(image, 0, None) * dose * pixel * pixel).astype(float)
    counts = ndimage.gaussian_filter(counts, rng.uniform(0, 0.6)) * 20 + 100
    return np.clip(counts, 0, 65535).astype(np.uint16)


def micrograph(rng, material):
    pixel = rng.uniform(0.2, 0.45)
    atoms, mask = specimen(rng, material, pixel)
    atoms.positions += rng.normal(0, 0.07, atoms.positions.shape)
    volt = [200e3, 300e3, 80e3][rng.integers(3)]
    wave = exit_wave(atoms, pixel, SIDE_PX, volt)
    corrected = rng.random() < 0.5
    cs = rng.uniform(-1e5, 1e5) if corrected else rng.uniform(0.5e7, 1.4e7)
    middle = 0 if corrected else scherzer(cs, volt)
    defocus = middle + (rng.uniform(-250, 250) if corrected else rng.uniform(-400, 400))
    lens = abtem.CTF(energy=volt, Cs=cs, defocus=defocus, astigmatism=rng.uniform(0, 30),
                     astigmatism_angle=rng.uniform(0, 3), focal_spread=rng.uniform(10, 45),
                     angular_spread=rng.uniform(0.05, 0.3), semiangle_cutoff=45)
    image = intensity(wave, lens, SIDE_PX)
    dose = np.exp(rng.uniform(np.log(80), np.log(2000)))
    return count(rng, image, dose, pixel), mask, pixel


def write(out, name, image, mask, pixel):
    for suffix, plane in (("", image), ("-mask", (mask * 255).astype(np.uint8))):
        tifffile.imwrite(os.path.join(out, f"{name}{suffix}.tif"), plane, imagej=True, metadata={"unit": "nm"},
                         resolution=(10 / pixel, 10 / pixel))


def begin():
    """Transforms are planned without measuring, so that every run gives the same bytes."""
    abtem.config.set({"device": "cpu", "diagnostics.progress_bar": None, "fftw.planning_effort": "FFTW_ESTIMATE"})


def main(out, number):
    begin()
    rng = np.random.default_rng(SEED)
    os.makedirs(out, exist_ok=True)
    for i in range(number):
        write(out, f"a{i:03d}", *micrograph(rng, MATERIALS[i % len(MATERIALS)]))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]))
