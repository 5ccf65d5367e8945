"""Makes a bioimage.io package (format 0.5) of an ONNX network: test tensors, cover, card, rdf.yaml.

    python package.py lattice-fringes/lattice-fringes.onnx

The card says the least that a user must know; write a better one for yours. bioimageio.spec checks the result.
"""
import datetime
import hashlib
import os
import sys

import numpy as np
import onnx
import onnxruntime
import yaml
from bioimageio.spec import load_description
from PIL import Image
from scipy import ndimage

from simulate import CUBIC, draw_conditions, micrograph

TEST_SEED = 9
TEST_SHAPE = (128, 192)  # not square: swapped axes must fail
COVER_SHAPE = (384, 384)
CARD = """# Lattice fringes

A small U-Net trained on simulated lattice fringes (examples/bring-your-own-network of Fringe), at 0.02 nm per pixel. It shows
how a network becomes a package; Fringe brings a better one, hrtem-particles.
"""


def prepared(image):
    """zero_mean_unit_variance of bioimage.io over the whole image, computed in double precision."""
    image = image.astype(np.float64)
    return ((image - image.mean()) / (image.std() + 1e-6)).astype(np.float32)


def probability(session, image):
    """(2, h, w) of a raw image whose sides are multiples of 16."""
    return session.run(None, {session.get_inputs()[0].name: prepared(image)[None, None]})[0][0]


def simulated(shape):
    rng = np.random.default_rng([TEST_SEED, *shape])
    conditions = draw_conditions(
        rng, nm_per_px=0.02, lattice_nm=CUBIC["Au"], diameter_nm=2.6, coverage=0.35, touching=False, coarse=1.0,
        dose_per_A2=1000, support=0.25, crystal=0.35, kilovolt=300, cs_nm=1e4, defocus_nm=8.0, eight_bit=False,
        focal_spread_nm=2.0, inverted=False, vacuum=False, lumps=False, illumination=0.1, xray_per_px=0.0, drift_nm=0.0)
    return micrograph(rng, shape, conditions)[0]


def write_cover(path, session):
    """Left the simulated micrograph, right the same with the outline of what the network found."""
    image = simulated(COVER_SHAPE)
    low, high = np.percentile(image, [0.5, 99.5])
    grey = np.clip((image - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    left = np.repeat(grey[..., None], 3, 2)
    right = left.copy()
    found = probability(session, image)[1] >= 0.5
    right[ndimage.binary_dilation(found) & ~ndimage.binary_erosion(found)] = (255, 80, 0)
    Image.fromarray(np.hstack([left, right])).quantize(64).save(path, optimize=True)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def description(folder, weights):
    def space(size_of):
        return [{"type": "space", "id": axis, "unit": "nanometer", "scale": 0.02, "size": size_of(axis)}
                for axis in ("y", "x")]

    def tensor(name):
        return {"source": name, "sha256": sha256(os.path.join(folder, name))}

    return {
        "format_version": "0.5.4",
        "type": "model",
        "name": "Lattice fringes",
        "description": "Separates crystalline nanoparticles from an amorphous support in HRTEM micrographs. "
                       "A small U-Net trained on simulated lattice fringes only, to show how one is packaged.",
        "version": "0.1.0",
        "authors": [{"name": "Fringe developers"}],
        "cite": [{"text": "Groschner, Choi, Scott. Machine learning pipeline for segmentation and defect "
                          "identification from high-resolution transmission electron microscopy data. "
                          "Microsc. Microanal. 27(3), 549 (2021). The task; neither its data nor its weights.",
                  "doi": "10.1017/S1431927621000386"}],
        "license": "BSD-2-Clause",
        "documentation": "README.md",
        "covers": ["cover.png"],
        "tags": ["electron-microscopy", "hrtem", "nanoparticles", "semantic-segmentation", "unet", "pytorch",
                 "materials-science", "simulated-training-data"],
        "timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "inputs": [{
            "id": "image",
            "description": "micrograph, any intensity scale",
            "axes": [{"type": "batch"}, {"type": "channel", "channel_names": ["intensity"]},
                     *space(lambda axis: {"min": 16, "step": 16})],
            "data": {"type": "float32"},
            "test_tensor": tensor("test_input.npy"),
            "preprocessing": [
                {"id": "ensure_dtype", "kwargs": {"dtype": "float32"}},
                {"id": "zero_mean_unit_variance", "kwargs": {"axes": ["channel", "y", "x"], "eps": 1e-6}},
            ],
        }],
        "outputs": [{
            "id": "probability",
            "description": "softmax over the two channels, computed inside the network",
            "axes": [{"type": "batch"}, {"type": "channel", "channel_names": ["background", "particle"]},
                     *space(lambda axis: {"tensor_id": "image", "axis_id": axis})],
            "data": {"type": "float32", "range": [0.0, 1.0]},
            "test_tensor": tensor("test_output.npy"),
        }],
        "weights": {"onnx": {
            "source": os.path.basename(weights),
            "sha256": sha256(weights),
            "opset_version": onnx.load(weights).opset_import[0].version,
        }},
        "config": {"fringe": {
            "pixel_size_nm": 0.02,
            "pixel_size_range_nm": [0.015, 0.085],
            "dose_range_e_per_A2": [80, 4000],
            "polarity": "either",
        }},
    }


def main(weights):
    folder = os.path.dirname(os.path.abspath(weights))
    session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
    image = simulated(TEST_SHAPE)
    np.save(os.path.join(folder, "test_input.npy"), image[None, None])
    np.save(os.path.join(folder, "test_output.npy"), probability(session, image)[None])
    write_cover(os.path.join(folder, "cover.png"), session)
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as file:
        file.write(CARD)
    path = os.path.join(folder, "rdf.yaml")
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump(description(folder, weights), file, sort_keys=False, allow_unicode=True, width=110)
    model = load_description(path, perform_io_checks=True)
    model.validation_summary.display()
    sys.exit(model.validation_summary.status == "failed")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
