"""Writes tests/cli/inputs: small micrographs for the tests of the command line. Standard library only.

    python3 tests/cli/make_inputs.py tests/cli/inputs

small.tif  96 x 80, 16-bit, 0.02 nm per pixel: one disc of lattice fringes on noise
stack.tif  three slices of 48 x 64, 8-bit, 0.02 nm per pixel, a disc that moves
odd.tif    97 x 61, 8-bit, without calibration
All are uncompressed and written as ImageJ writes them. Sums of a fixed linear congruential generator give the noise, so
that the files come out the same everywhere.
"""
import math
import struct
import sys


def noise(seed):
    state = seed
    while True:
        total = 0.0
        for _ in range(4):  # nearly normal, standard deviation 0.58
            state = (state * 1664525 + 1013904223) % 2**32
            total += state / 2**32 - 0.5
        yield total


def disc(width, height, centre_x, centre_y, radius, seed):
    """Values from 0 to 1: fringes of 11 px inside the disc, noise everywhere."""
    random = noise(seed)
    rows = []
    for y in range(height):
        for x in range(width):
            inside = (x - centre_x) ** 2 + (y - centre_y) ** 2 <= radius**2
            fringe = 0.25 * (math.cos(2 * math.pi * (x + 0.5 * y) / 11) - 0.4) if inside else 0.0
            rows.append(min(1.0, max(0.0, 0.5 + fringe + 0.12 * next(random))))
    return rows


def description(slices, calibrated):
    lines = ["ImageJ=1.54f"]
    if slices > 1:
        lines += ["images=%d" % slices, "slices=%d" % slices]
    if calibrated:
        lines.append("unit=nm")
    return ("\n".join(lines) + "\n\0").encode()


def write_tiff(path, planes, width, height, bits, calibrated):
    """One directory per plane, pixels behind all directories."""
    samples = []
    for plane in planes:
        largest = 2**bits - 1
        values = [int(v * largest + 0.5) for v in plane]
        samples.append(struct.pack("<%d%s" % (len(values), "H" if bits == 16 else "B"), *values))
    text = description(len(planes), calibrated)
    entries = 11 if calibrated else 9
    directory_bytes = 2 + 12 * entries + 4
    text_at = 8 + directory_bytes * len(planes)
    resolution_at = text_at + len(text) + len(text) % 2
    pixels_at = resolution_at + 8
    out = bytearray(struct.pack("<2sHI", b"II", 42, 8))
    for i in range(len(planes)):
        pixels = pixels_at + sum(len(s) for s in samples[:i])
        fields = [
            (256, 4, 1, width),
            (257, 4, 1, height),
            (258, 3, 1, bits),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (270, 2, len(text), text_at),
            (273, 4, 1, pixels),
            (278, 4, 1, height),
            (279, 4, 1, len(samples[i])),
        ]
        if calibrated:
            fields += [(282, 5, 1, resolution_at), (283, 5, 1, resolution_at)]
        following = 8 + directory_bytes * (i + 1) if i + 1 < len(planes) else 0
        out += struct.pack("<H", entries)
        for tag, kind, count, value in fields:
            out += struct.pack("<HHI", tag, kind, count) + (
                struct.pack("<HH", value, 0) if kind == 3 else struct.pack("<I", value)
            )
        out += struct.pack("<I", following)
    out += text + b"\0" * (len(text) % 2)
    out += struct.pack("<II", 50, 1)  # pixels per nm
    for s in samples:
        out += s
    with open(path, "wb") as file:
        file.write(out)


if __name__ == "__main__":
    folder = sys.argv[1]
    write_tiff(folder + "/small.tif", [disc(96, 80, 45, 40, 24, 1)], 96, 80, 16, True)
    write_tiff(
        folder + "/stack.tif", [disc(48, 64, 18 + 6 * i, 30, 14, 2 + i) for i in range(3)], 48, 64, 8, True
    )
    write_tiff(folder + "/odd.tif", [disc(97, 61, 50, 30, 22, 9)], 97, 61, 8, False)
