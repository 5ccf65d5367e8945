"""Simulated HRTEM micrographs of crystalline nanoparticles, with their truth.

This is a lattice-fringe simulation, not multislice: no atom is placed and no dynamical scattering is
computed. Each crystal is given plane waves at the reflections of a zone axis, with free amplitudes and
phases, inside a smooth outline; the support is a random phase object. The sum goes, as the scattered part of
an exit wave, through the aberrations of an objective lens, is squared, and then goes through a camera. That is
enough to teach a network what makes a particle visible (periodicity, contrast against speckle, delocalised
rims) and costs 0.1 s per image instead of minutes.

Lengths are in nm, spatial frequencies in 1/nm, angles in radians, arrays are (rows, columns).

    python simulate.py contact-sheet.png [seed]
"""
import sys
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image
from scipy import ndimage

WAVELENGTH = {200: 0.002508, 300: 0.001969}  # relativistic electron wavelength by kV

# Cubic lattice constants; reflections are taken from the zone axes below.
CUBIC = {"Au": 0.4078, "Ag": 0.4086, "Cu": 0.3616, "Pd": 0.3890, "CdSe": 0.6077, "ZnS": 0.5420}

# Per zone axis of an fcc-like crystal: (length of g in units of 1/a, angle). Friedel mates are implied.
DEGREE = np.pi / 180
ZONES = (
    ((3 ** 0.5, 0.0), (3 ** 0.5, 70.53 * DEGREE), (2.0, 125.26 * DEGREE)),  # [110]
    ((2.0, 0.0), (2.0, 90 * DEGREE), (8 ** 0.5, 45 * DEGREE)),  # [100]
    ((8 ** 0.5, 0.0), (8 ** 0.5, 60 * DEGREE), (8 ** 0.5, 120 * DEGREE)),  # [111]
    ((3 ** 0.5, 0.0), (8 ** 0.5, 90 * DEGREE)),  # [112]
    ((3 ** 0.5, 0.0),),  # one row of planes: the crystal is far from any zone
    ((2.0, 0.0),),
)


@dataclass(frozen=True)
class Conditions:
    """Everything about one micrograph that is not the position of a particle."""

    nm_per_px: float
    lattice_nm: float
    kilovolt: int
    defocus_nm: float  # positive: underfocus
    cs_nm: float  # third-order spherical aberration
    focal_spread_nm: float
    dose_per_A2: float
    support: float  # s.d. of the phase of the amorphous film, before the lens
    crystal: float  # amplitude of the strongest reflection of a typical particle
    diameter_nm: float  # median over the particles
    coverage: float  # aimed-at fraction of the field, 0 for an empty support
    touching: bool  # particles may touch and overlap
    drift_nm: float
    illumination: float  # peak to peak of the uneven illumination, relative
    coarse: float  # the camera's pixel, in units of nm_per_px
    inverted: bool
    eight_bit: bool
    xray_per_px: float
    vacuum: bool  # part of the field is a hole in the support
    lumps: bool  # thick amorphous patches: dark, speckled, and not particles


def log_uniform(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def draw_conditions(rng, **fixed):
    """Conditions as a year of sessions at several microscopes might vary them; `fixed` overrides any."""
    corrected = rng.random() < 0.4
    nm_per_px = 0.02 * log_uniform(rng, 0.75, 1.35)
    kilovolt = int(rng.choice([200, 300]))
    cs_nm = float(rng.uniform(-2e4, 2e4) if corrected else rng.uniform(4e5, 1.2e6))
    scherzer_nm = 1.2 * (abs(cs_nm) * WAVELENGTH[kilovolt]) ** 0.5  # delocalises fringes the least
    lattice_nm = CUBIC[str(rng.choice(list(CUBIC)))]
    if rng.random() < 0.25:
        lattice_nm *= float(rng.uniform(0.85, 1.15))  # some material that the table does not have
    conditions = Conditions(
        nm_per_px=nm_per_px,
        lattice_nm=lattice_nm,
        kilovolt=kilovolt,
        defocus_nm=float(rng.uniform(-15, 25) if corrected else scherzer_nm * rng.uniform(0.3, 1.5)),
        cs_nm=cs_nm,
        focal_spread_nm=float(rng.uniform(1, 5)),
        dose_per_A2=log_uniform(rng, 80, 4000),
        support=log_uniform(rng, 0.10, 0.45),
        crystal=log_uniform(rng, 0.10, 0.45),
        diameter_nm=log_uniform(rng, 1.6, 11),
        coverage=0.0 if rng.random() < 0.08 else float(rng.uniform(0.05, 0.8)),
        touching=bool(rng.random() < 0.4),
        drift_nm=float(rng.uniform(0.05, 0.15)) if rng.random() < 0.2 else 0.0,
        illumination=float(rng.uniform(0, 0.3)) if rng.random() < 0.5 else 0.0,
        coarse=1.0 if rng.random() < 0.4 else float(rng.uniform(1, min(4.2, 0.085 / nm_per_px))),
        inverted=bool(rng.random() < 0.2),
        eight_bit=bool(rng.random() < 0.4),
        xray_per_px=log_uniform(rng, 1e-5, 2e-4) if rng.random() < 0.3 else 0.0,
        vacuum=bool(rng.random() < 0.06),
        lumps=bool(rng.random() < 0.15),
    )
    return replace(conditions, **fixed)


def smooth_field(rng, shape, length_px):
    """Random field of unit variance whose features are about length_px wide."""
    coarse = rng.standard_normal([max(3, round(n / length_px) + 2) for n in shape]).astype(np.float32)
    field = np.asarray(Image.fromarray(coarse).resize(shape[::-1], Image.Resampling.BICUBIC))
    return (field - field.mean()) / (field.std() + 1e-9)


def outline(rng, dy, dx, radius):
    """Distance from the centre over the distance of the rim in that direction: below 1 is inside."""
    angle = np.arctan2(dy, dx)
    if rng.random() < 0.4:  # faceted: a convex polygon, rounded by a p-norm
        turns = np.sort(rng.uniform(0, 2 * np.pi) + np.arange(6) * np.pi / 3 + rng.normal(0, 0.15, 6))
        sides = radius * rng.uniform(0.82, 1.05, 6)
        ratios = [np.clip((dx * np.cos(t) + dy * np.sin(t)) / s, 0, None) for t, s in zip(turns, sides)]
        return sum(r ** 8 for r in ratios) ** (1 / 8)
    rim = np.ones_like(angle)
    for k in range(2, 6):
        rim += rng.normal(0, 0.12 / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    return np.hypot(dy, dx) / (radius * np.maximum(rim, 0.4))


def lattice(rng, dy, dx, lattice_nm):
    """Plane waves of one crystal: a real field with strongest amplitude 1."""
    zone = ZONES[rng.integers(len(ZONES))]
    turn = rng.uniform(0, 2 * np.pi)
    strengths = rng.uniform(0.15, 1, len(zone)) * np.array([(zone[0][0] / g) ** 1.5 for g, _ in zone])
    strengths /= strengths.max()
    field = np.zeros_like(dx)
    for (g, angle), strength in zip(zone, strengths):
        k = 2 * np.pi * g / lattice_nm
        field += strength * np.cos(k * (dx * np.cos(angle + turn) + dy * np.sin(angle + turn))
                                   + rng.uniform(0, 2 * np.pi))
    return field


def crystal_wave(rng, dy, dx, radius, c):
    """(scattered wave, inside) of one particle centred at the origin of dy, dx."""
    ratio = outline(rng, dy, dx, radius)
    inside = ratio < 1
    thickness = np.clip(1 - ratio ** 2, 0, 1) ** rng.uniform(0.25, 0.7)
    fringes = lattice(rng, dy, dx, c.lattice_nm)
    kind = rng.random()
    for _ in range(0 if kind < 0.45 else rng.integers(1, 4 + int(radius))):
        # Twins, grains and stacking faults: beyond a random plane the crystal is another one, or the same
        # one shifted; now and then two grains lie on top of each other.
        turn, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.6, 0.6) * radius
        beyond = dx * np.cos(turn) + dy * np.sin(turn) > offset
        other = lattice(rng, dy, dx, c.lattice_nm)
        fringes = np.where(beyond, other + (fringes if kind > 0.9 else 0), fringes)
    # Bending and local tilt let the fringes come and go within a particle.
    patchy = 1 + rng.uniform(0, 0.6) * smooth_field(rng, dx.shape, max(8, dx.shape[0] / 3))
    strength = c.crystal * (log_uniform(rng, 0.25, 0.6) if rng.random() < 0.2 else log_uniform(rng, 0.6, 1.6))
    projected = strength * np.clip(patchy, 0, None) * fringes
    mean_phase = rng.uniform(0, 0.35) * min(1, radius / 2.5)
    absorbed = rng.uniform(0, 0.08) * min(1, radius / 2.5)
    # A thick crystal scatters with a phase of its own, which no weak-phase model gives: drawn at random.
    beam_phase = np.exp(1j * rng.uniform(0, 2 * np.pi))
    return thickness * (beam_phase * projected + 1j * mean_phase - absorbed), inside


def scattered_wave(rng, shape, c):
    """(scattered part of the exit wave, truth)."""
    extent = np.array(shape) * c.nm_per_px
    wave = np.zeros(shape, np.complex64)
    truth = np.zeros(shape, bool)
    film = rng.standard_normal(shape).astype(np.float32)
    film *= 1 + 0.15 * smooth_field(rng, shape, 120)
    mean_film = np.zeros(shape, np.float32)
    if c.lumps:
        lump = np.clip(smooth_field(rng, shape, rng.uniform(40, 150)) - rng.uniform(0.3, 1), 0, 1.5)
        film *= 1 + rng.uniform(0.2, 0.8) * lump
        mean_film += rng.uniform(0, 0.05) * lump
    if c.vacuum:
        hole = smooth_field(rng, shape, rng.uniform(120, 300)) > rng.uniform(0.3, 1)
        film[hole] = 0
        mean_film += 0.1 * ~hole
    wave += 1j * (c.support * film) - mean_film

    centres, radii, covered = [], [], 0.0
    for _ in range(300):
        if covered >= c.coverage * extent.prod():
            break
        radius = 0.5 * np.clip(c.diameter_nm * np.exp(rng.normal(0, 0.2)), 1.2, 13)
        centre = rng.uniform(-0.4 * radius, extent + 0.4 * radius)
        gap = rng.uniform(-0.4, 0.1) * radius if c.touching else 0.15
        if any(np.hypot(*(centre - o)) < radius + r + gap for o, r in zip(centres, radii)):
            continue
        centres.append(centre)
        radii.append(radius)
        covered += np.pi * radius ** 2
        low = np.clip(((centre - 1.5 * radius) / c.nm_per_px).astype(int), 0, shape)
        high = np.clip(((centre + 1.5 * radius) / c.nm_per_px).astype(int) + 1, 0, shape)
        if (high - low).min() < 4:
            continue
        rows, columns = np.mgrid[low[0]:high[0], low[1]:high[1]].astype(np.float32) * np.float32(c.nm_per_px)
        box = np.s_[low[0]:high[0], low[1]:high[1]]
        part, inside = crystal_wave(rng, rows - np.float32(centre[0]), columns - np.float32(centre[1]), radius, c)
        wave[box] += part
        truth[box] |= inside
    return wave, truth


def through_lens(wave, c):
    """Intensity relative to the incident beam: 1 in vacuum."""
    wavelength = WAVELENGTH[c.kilovolt]
    ky = np.fft.fftfreq(wave.shape[0], c.nm_per_px)[:, None]
    kx = np.fft.fftfreq(wave.shape[1], c.nm_per_px)[None, :]
    k2 = ky ** 2 + kx ** 2
    chi = np.pi * wavelength * k2 * (-c.defocus_nm + 0.5 * c.cs_nm * wavelength ** 2 * k2)
    envelope = np.exp(-0.5 * (np.pi * wavelength * c.focal_spread_nm * k2) ** 2 - 0.02 * k2)
    lens = (envelope * np.exp(-1j * chi)).astype(np.complex64)
    return np.abs(1 + np.fft.ifft2(np.fft.fft2(wave) * lens)) ** 2


def through_camera(rng, intensity, c):
    """Counts per pixel, as a file would hold them, on the grid of `intensity`."""
    shape = intensity.shape
    if c.illumination:
        y, x = np.meshgrid(*[np.linspace(-1, 1, n) for n in shape], indexing="ij")
        a = rng.normal(0, 1, 5)
        surface = a[0] * x + a[1] * y + 0.6 * (a[2] * x * x + a[3] * y * y + a[4] * x * y)
        intensity = intensity * (1 + c.illumination * (surface - surface.mean()) / (np.ptp(surface) + 1e-9))
    electrons = c.dose_per_A2 * (10 * c.nm_per_px) ** 2
    ky = np.fft.fftfreq(shape[0])[:, None]
    kx = np.fft.rfftfreq(shape[1])[None, :]
    # Point spread of the scintillator; a counting camera has nearly none.
    mtf = 1 / (1 + (np.hypot(ky, kx) / rng.uniform(0.2, 1.2)) ** 2)
    turn = rng.uniform(0, np.pi)
    drift = np.sinc((kx * np.cos(turn) + ky * np.sin(turn)) * c.drift_nm / c.nm_per_px)
    arrived = np.fft.irfft2(np.fft.rfft2(intensity) * drift, shape)
    counts = rng.poisson(np.clip(arrived, 0, None) * electrons)
    image = np.fft.irfft2(np.fft.rfft2(counts) * mtf, shape)
    image += rng.normal(0, 0.1 * np.sqrt(electrons), shape)  # read-out noise
    hits = rng.random(shape) < c.xray_per_px
    image[hits] += rng.uniform(5, 30, hits.sum()) * image.std()
    if c.coarse > 1:
        small = [max(8, round(n / c.coarse)) for n in shape[::-1]]
        reduce = [Image.Resampling.BOX, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS][rng.integers(3)]
        image = np.asarray(Image.fromarray(image.astype(np.float32)).resize(small, reduce))
    if c.inverted:
        image = image.max() - image
    if c.eight_bit:
        low, high = np.percentile(image, [rng.choice([0, 0.1, 1]), 100 - rng.choice([0, 0.1, 1])])
        image = np.round(np.clip((image - low) / (high - low + 1e-9), 0, 1) * 255)
    if c.coarse > 1:
        grown = Image.fromarray(image.astype(np.float32)).resize(shape[::-1], Image.Resampling.BICUBIC)
        image = np.asarray(grown)
    return image.astype(np.float32)


def micrograph(rng, shape, conditions):
    """(image float32, truth bool). A margin is simulated and cut off: the Fourier transforms wrap around."""
    margin = 32
    padded = tuple(n + 2 * margin for n in shape)
    wave, truth = scattered_wave(rng, padded, conditions)
    image = through_camera(rng, through_lens(wave, conditions), conditions)
    inner = np.s_[margin:-margin, margin:-margin]
    return image[inner], truth[inner]


def contact_sheet(path, seed, count=20, size=320, columns=5):
    """Pictures to look at, each with its truth outlined."""
    rows = -(-count // columns)
    sheet = np.zeros((rows * size, columns * size, 3), np.uint8)
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        image, truth = micrograph(rng, (size, size), draw_conditions(rng))
        low, high = np.percentile(image, [0.5, 99.5])
        grey = np.clip((image - low) / (high - low) * 255, 0, 255).astype(np.uint8)
        picture = np.repeat(grey[..., None], 3, 2)
        picture[truth & ~ndimage.binary_erosion(truth)] = (255, 80, 0)
        y, x = (i // columns) * size, (i % columns) * size
        sheet[y:y + size - 2, x:x + size - 2] = picture[:-2, :-2]
    Image.fromarray(sheet).save(path)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    contact_sheet(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
