"""Do Fringe's masks agree with ONNX Runtime's on identically prepared arrays? For development; needs Python.

    pip install numpy pillow onnxruntime
    python tests/regression/compare_onnxruntime.py FRINGE DATA

Each panel of DATA/hrtem is brought to 0.02 nm/px, standardised and cut to whole strides here. Fringe gets that array
as a float TIFF with --normalize none --resample off, ONNX Runtime gets it as it is, for each network of
DATA/models/hrtem and the shipped one. Prints the share of equal mask pixels and the largest difference of
probability; ends with status 1 where less than 99.9 % of a panel agree, or a probability is off by more than 1e-4.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnxruntime
from PIL import Image, ImageSequence

STRIDE = 16
NETWORK_NM_PER_PX = 0.02
PANEL_NM_PER_PX = {"203": 0.0504, "133": 0.077, "145": 0.07}  # 145: unlabelled, near enough for this purpose
LEAST_EQUAL, MOST_DIFFERENT = 0.999, 1e-4


def prepared(path):
    panel = Image.open(path).convert("F")
    factor = PANEL_NM_PER_PX[path.stem.rsplit("_", 1)[1]] / NETWORK_NM_PER_PX
    array = numpy.asarray(panel.resize([round(n * factor) for n in panel.size], Image.Resampling.BICUBIC))
    array = array[: array.shape[0] // STRIDE * STRIDE, : array.shape[1] // STRIDE * STRIDE].astype(numpy.float64)
    return ((array - array.mean()) / array.std()).astype(numpy.float32)


def by_fringe(fringe, network, inputs, folder):
    """Masks (h, w) and probabilities (classes, h, w) by name of the input."""
    done = subprocess.run([fringe, "segment", "--model", network, "--normalize", "none", "--resample", "off",
                           "--exclude-bottom", "0", "--probability", "--overwrite", "-o", folder, *inputs],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    for path in inputs:
        stem = path.stem
        mask = numpy.asarray(Image.open(folder / f"{stem}-mask.tif"))
        pages = ImageSequence.Iterator(Image.open(folder / f"{stem}-probability.tif"))
        yield stem, mask > 0, numpy.stack([numpy.array(page) for page in pages])


def main(fringe, data):
    root = pathlib.Path(__file__).resolve().parents[2]
    data = pathlib.Path(data)
    networks = [root / "models/hrtem-particles/weights.onnx", *sorted((data / "models/hrtem").glob("*.onnx"))]
    panels = sorted(p for p in (data / "hrtem").glob("*.png") if not p.stem.endswith("_mask"))
    arrays = {path.stem: prepared(path) for path in panels}
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for stem, array in arrays.items():
            Image.fromarray(array).save(work / f"{stem}.tif")
        inputs = [work / f"{stem}.tif" for stem in arrays]
        print("| network | panels | least share of equal mask pixels | largest difference of probability |\n|---|---|---|---|")
        for network in networks:
            session = onnxruntime.InferenceSession(str(network), providers=["CPUExecutionProvider"])
            name = session.get_inputs()[0].name
            least, most = 1.0, 0.0
            for stem, mask, probability in by_fringe(fringe, network, inputs, work / "out"):
                theirs = session.run(None, {name: arrays[stem][None, None]})[0][0]
                least = min(least, float((mask == (theirs[1] >= 0.5)).mean()))
                most = max(most, float(numpy.abs(probability - theirs).max()))
            failed += least < LEAST_EQUAL or most > MOST_DIFFERENT
            title = network.parent.name if network.stem == "weights" else network.stem
            print(f"| {title} | {len(inputs)} | {100 * least:.3f} % | {most:.2g} |", flush=True)
    return failed > 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
