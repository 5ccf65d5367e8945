"""What an agreement with these labels can be at most: prints IoU of each class, and their mean, over all pixels of val.

    python limits.py FOLDER [PREDICTED]

FOLDER holds train and val (X_image.tif, X_label.tif); PREDICTED the X_image-classes.tif that `fringe segment` writes for val.

predicted   classes against labels, then the same without the pixels within 1 and 2 pixels of a border between labels, then
            how many pixels of platinum are wrong because a particle is missed, invented, or has another rim
twin        a slice of val looks the same as one of train where they are neighbours in a tomogram. Both were labelled by
            hand, one by one: how well the labels of the one agree with those of the other is how well the labels can be
            repeated. Slices of val without a twin are left out, and counted.
flawless    what outlines without any error would come to, if outlines in both labels of twins err alike and independently:
            then their distance from each other is the square root of 2 times that from the flawless one, and so is what
            Dice lacks of 1.

Needs numpy, scipy, tifffile and imagecodecs.
"""
import sys
from pathlib import Path

import numpy as np
import tifffile
from scipy import ndimage

CLASSES, PLATINUM = 3, 2
ALIKE = 0.97  # correlation of neighbours; the slice of val that has none in train comes to 0.77


def read(folder):
    return {p.name[: -len("_image.tif")]: (tifffile.imread(p).astype(np.float32),
                                           tifffile.imread(str(p).replace("_image", "_label")))
            for p in sorted(Path(folder).glob("*_image.tif"))}


def iou_of(truth, found):
    table = np.bincount(truth.astype(int) * CLASSES + found, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    both = table.diagonal()
    return both / (table.sum(0) + table.sum(1) - both)


def flawless(iou):
    dice = 1 - (1 - 2 * iou / (1 + iou)) / np.sqrt(2)
    return dice / (2 - dice)


def say(name, iou):
    print(f"{name:40s}", *(f"{value:.3f}" for value in iou), f"mean {iou.mean():.3f}")


def untouched(of, by):
    """Pixels of those connected parts of a mask that have none in common with another mask."""
    parts, count = ndimage.label(of)
    touched = np.unique(parts[by])
    return sum((parts == part).sum() for part in range(1, count + 1) if part not in touched)


def near_border(label, reach):
    box = np.ones((2 * reach + 1, 2 * reach + 1))
    return ndimage.maximum_filter(label, footprint=box) != ndimage.minimum_filter(label, footprint=box)


def spectrum(image):
    # Alumina's shapes say which slice this is, not how bright a few particles of platinum are.
    smooth = ndimage.gaussian_filter(np.minimum(image, 120), 1)
    smooth -= smooth.mean()
    return np.fft.rfft2(smooth / np.linalg.norm(smooth))


def twin(image, others):
    """The labels of the image that correlates best, shifted to where it does; None below ALIKE."""
    of_image, best, labels = spectrum(image), ALIKE, None
    for other, label in others:
        correlation = np.fft.irfft2(of_image * other.conj(), image.shape)
        if correlation.max() > best:
            best = correlation.max()
            labels = np.roll(label, np.unravel_index(correlation.argmax(), image.shape), (0, 1))
    return labels


def main(folder, predicted=None):
    val = read(Path(folder) / "val")
    if predicted:
        truth = np.stack([label for _, label in val.values()])
        found = np.stack([tifffile.imread(Path(predicted) / f"{name}_image-classes.tif") for name in val])
        say("predicted", iou_of(truth.ravel(), found.ravel()))
        for reach in (1, 2):
            far = ~np.stack([near_border(label, reach) for label in truth])
            say(f"predicted, {reach} px from borders left out", iou_of(truth[far], found[far]))
        masks = list(zip(truth == PLATINUM, found == PLATINUM))
        missed, invented = sum(untouched(t, f) for t, f in masks), sum(untouched(f, t) for t, f in masks)
        wrong = sum((t != f).sum() for t, f in masks)
        print(f"platinum: {missed} px missed, {invented} px invented, {wrong - missed - invented} px of rims")
    others = [(spectrum(image), label) for image, label in read(Path(folder) / "train").values()]
    pairs = [(label, twin(image, others)) for image, label in val.values()]
    pairs = [pair for pair in pairs if pair[1] is not None]
    of_twins = iou_of(*(np.stack(side).ravel() for side in zip(*pairs)))
    say(f"twin ({len(pairs)} of {len(val)} slices have one)", of_twins)
    say("flawless", flawless(of_twins))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
