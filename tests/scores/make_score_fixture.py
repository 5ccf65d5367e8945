#!/usr/bin/env python3
"""Writes the fixture of tests/unit/test_stats_scores.c with scikit-learn and scipy (PyPI: scikit-learn scipy).

    python3 make_score_fixture.py            writes score-*.npy beside this file

score-labels.npy (2 x rows x columns) holds a truth of four classes, the last of which is rare, and a prediction that
errs at boundaries and in speckles; score-probability.npy (classes x rows x columns) what it was taken from.
score-expected.npy has a row for each class, then one for all: Dice, IoU, precision, recall, accuracy, mean boundary
distance in pixels, mean boundary distance for pixels of 0.4 x 0.7 (rows x columns), expected calibration error.
The row of all holds macro averages, overall accuracy, 0 and 0 for distances, and the only calibration error; the
accuracy of a class is that of "this class or not". scikit-learn has no expected calibration error; its terms come from
calibration_curve where a bin is filled and the mean over bins is weighted here.
"""
from pathlib import Path

import numpy as np
from scipy import ndimage
from sklearn import metrics
from sklearn.calibration import calibration_curve

ROWS, COLUMNS, CLASSES, BINS = 61, 47, 4, 15


def planes() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    truth = np.zeros((ROWS, COLUMNS), np.uint8)
    truth[np.hypot(y - 20, x - 16) < 12] = 1
    truth[40:, 25:] = 2  # touches the edge of the image
    truth[5:8, 38:42] = 3
    scores = np.stack([ndimage.gaussian_filter((truth == k).astype(float), 1.0) for k in range(CLASSES)])
    scores = 3 * scores + rng.normal(0, 0.6, scores.shape)
    probability = np.exp(scores * 2)
    probability = (probability / probability.sum(0)).astype(np.float32)
    return truth, probability


def boundary(region: np.ndarray) -> np.ndarray:
    return region & ~ndimage.binary_erosion(region, border_value=1)


def surface_distance(a: np.ndarray, b: np.ndarray, sampling: tuple[float, float]) -> float:
    a, b = boundary(a), boundary(b)
    to_a = ndimage.distance_transform_edt(~a, sampling)
    to_b = ndimage.distance_transform_edt(~b, sampling)
    return np.concatenate([to_b[a], to_a[b]]).mean()


def calibration_error(right: np.ndarray, confidence: np.ndarray) -> float:
    share, mean = calibration_curve(right, confidence, n_bins=BINS)
    weights = np.histogram(confidence, np.linspace(0, 1, BINS + 1))[0]
    weights = weights[weights > 0]
    return float((np.abs(share - mean) * weights).sum() / weights.sum())


def main() -> None:
    here = Path(__file__).parent
    truth, probability = planes()
    predicted = probability.argmax(0).astype(np.uint8)
    t, p, every = truth.ravel(), predicted.ravel(), list(range(CLASSES))
    expected = np.zeros((CLASSES + 1, 8))
    for average, rows in ((None, slice(0, CLASSES)), ("macro", CLASSES)):
        options = {"labels": every, "average": average}
        expected[rows, 0] = metrics.f1_score(t, p, **options)
        expected[rows, 1] = metrics.jaccard_score(t, p, **options)
        expected[rows, 2] = metrics.precision_score(t, p, **options)
        expected[rows, 3] = metrics.recall_score(t, p, **options)
    for k in every:
        expected[k, 4] = metrics.accuracy_score(t == k, p == k)
        expected[k, 5] = surface_distance(truth == k, predicted == k, (1, 1))
        expected[k, 6] = surface_distance(truth == k, predicted == k, (0.4, 0.7))
    expected[CLASSES, 4] = metrics.accuracy_score(t, p)
    expected[CLASSES, 7] = calibration_error(t == p, probability.max(0).ravel().astype(float))
    np.save(here / "score-labels.npy", np.stack([truth, predicted]))
    np.save(here / "score-probability.npy", probability)
    np.save(here / "score-expected.npy", expected)
    print(np.array2string(expected, precision=4, suppress_small=True))


if __name__ == "__main__":
    main()
