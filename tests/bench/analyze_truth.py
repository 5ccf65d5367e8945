"""`fringe analyze` against the truth of `fringe simulate`: count, diameter, fault fraction.

    fringe simulate --preset hrtem-particles-training --count 200 --seed 555 -o DATA
    fringe analyze -o FOUND DATA
    python3 tests/bench/analyze_truth.py DATA FOUND

A particle of the truth is found in the one that lies under its centre; one that lies under two centres, and one that
the edge cuts, is left out of diameters and faults. A fault counts whose plane lies within 5 degrees of the beam and
whose trace is 1 nm or longer. The fault fraction is that of the report (of the particles that it calls decided), with
Wilson's 95 % interval; beside it the true one of the same particles, and of all true particles whose lattice is
resolved. Needs numpy and Pillow.
"""

import csv
import math
import pathlib
import sys

import numpy as np
from PIL import Image

LEAST_NM = 1  # as `fringe analyze` leaves out what is smaller
FAULTS = {"stacking fault", "twin", "multiply twinned"}


def has_fault(row):
    return int(row["edge_on_count"] or 0) > 0  # the twin planes of decahedra and icosahedra, too


def true_diameter_nm(row):
    return math.sqrt(4 * float(row["area_px"]) / math.pi) * float(row["pixel_size_nm"])


def wilson(count, n):
    z2, share = 1.959963984540054**2 / n, count / n
    half = math.sqrt(share * (1 - share) * z2 + z2 * z2 / 4) / (1 + z2)
    return f"{100 * share:.1f} % ({100 * ((share + z2 / 2) / (1 + z2) - half):.1f} to " \
           f"{100 * ((share + z2 / 2) / (1 + z2) + half):.1f}) of {n}"


def main():
    data, found = map(pathlib.Path, sys.argv[1:3])
    truth = {}
    for row in csv.DictReader(open(data / "truth.csv")):
        particles = truth.setdefault(row["image"], [])
        if row["particle"] and row["area_px"] and true_diameter_nm(row) >= LEAST_NM:
            particles.append(row)
    tables = {}
    for row in csv.DictReader(open(found / "particles.csv")):
        tables.setdefault(row["Label"], {})[int(row["particle"])] = row
    total = count = 0
    differences, truths, pairs = [], [], []
    for image, particles in truth.items():
        path = found / f"{image.rsplit('.', 1)[0]}-labels.tif"
        if not path.exists():
            continue
        labels, rows, centres = np.array(Image.open(path)), tables.get(image, {}), {}
        for particle in particles:
            at = [min(max(int(float(particle[k])), 0), n - 1) for k, n in zip(("y_px", "x_px"), labels.shape)]
            centres.setdefault(int(labels[tuple(at)]), []).append(particle)
        total += len(particles)
        count += len(rows)
        for number, here in centres.items():
            row = rows.get(number)
            if not row or len(here) > 1 or row["border"] != "0":
                continue
            truths.append(true_diameter_nm(here[0]))
            differences.append(float(row["diameter"]) - truths[-1])
            if row.get("class", "cannot be decided") != "cannot be decided":
                pairs.append((row["class"] in FAULTS, has_fault(here[0]), float(row["fault_probability"]),
                              here[0]["on_zone"] == "0"))
    differences = np.array(differences)
    print(f"{total} true particles, {count} found ({100 * (count / total - 1):+.1f} %)")
    print(f"diameter of {differences.size} whole ones, {np.mean(truths):.2f} nm in the mean: bias "
          f"{differences.mean():+.3f} nm ({100 * differences.mean() / np.mean(truths):+.1f} %), "
          f"s.d. {differences.std():.3f} nm, median {np.median(differences):+.3f} nm")
    if pairs:
        resolved = [has_fault(p) for image in truth.values() for p in image if p["resolved"] == "1"]
        print(f"faults seen in {wilson(sum(pair[0] for pair in pairs), len(pairs))}; "
              f"true of the same {100 * sum(pair[1] for pair in pairs) / len(pairs):.1f} %, "
              f"mean probability {100 * sum(pair[2] for pair in pairs) / len(pairs):.1f} %; "
              f"of all {len(resolved)} resolved {100 * sum(resolved) / max(1, len(resolved)):.1f} %")
        print(f"both agree for {100 * sum(pair[0] == pair[1] for pair in pairs) / len(pairs):.1f} %")
        tilted = [pair for pair in pairs if pair[3]]
        print(f"of {len(tilted)} off any zone axis seen in {sum(pair[0] for pair in tilted)}, "
              f"true of {sum(pair[1] for pair in tilted)}")


if __name__ == "__main__":
    main()
