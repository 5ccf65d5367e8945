#!/usr/bin/env python3
"""Writes the fixture of tests/unit/test_stats_particles.c with scipy (PyPI: scipy).

    python3 make_statistics_fixture.py       writes statistics-*.npy beside this file

statistics-pairs.npy (3 x 400) holds lognormal sizes, a second measure that falls with them and has ties, and whether a
particle has a fault, likelier for large ones. statistics-shares.npy (4 x rows) holds counts, totals and scipy's Wilson
limits. statistics-expected.npy holds, in this order: Spearman's rho and ln p of all pairs, of the first 9, of the first
40 with the second measure of others; median, geometric standard deviation and Kolmogorov-Smirnov distance of the lognormal
fit; z and ln p of the trend of faults over eight groups of 50 by size, scored by their mean size. scipy has no test of
Cochran and Armitage by that name; it is the linear-by-linear association: Pearson's r of flag and score, times sqrt(n).
The tests read single precision, so sizes are rounded to it first.
"""
from pathlib import Path

import numpy as np
from scipy import stats

HERE = Path(__file__).resolve().parent
GROUPS = 8


def main() -> None:
    rng = np.random.default_rng(5)
    sizes = rng.lognormal(np.log(4.2), 0.3, 400).astype(np.float32).astype(float)
    second = np.round(10 - sizes + rng.normal(0, 1.5, sizes.size))
    fault = (rng.random(sizes.size) < 1 / (1 + np.exp(3 - 0.6 * sizes))).astype(float)
    np.save(HERE / "statistics-pairs.npy", np.stack([sizes, second, fault]))

    shares = [(0, 1), (1, 1), (0, 7), (7, 7), (3, 10), (50, 100), (1, 1000), (812, 1000), (123456, 200000)]
    limits = [stats.binomtest(k, n).proportion_ci(0.95, "wilson") for k, n in shares]
    np.save(HERE / "statistics-shares.npy", np.array([(k, n, c.low, c.high) for (k, n), c in zip(shares, limits)]).T)

    expected = []
    for x, y in ((sizes, second), (sizes[:9], second[:9]), (sizes[:40], second[40:80])):
        rho, p = stats.spearmanr(x, y)
        expected += [rho, np.log(p)]
    spread, _, median = stats.lognorm.fit(sizes, floc=0)
    expected += [median, np.exp(spread), stats.kstest(sizes, stats.lognorm(spread, 0, median).cdf).statistic]
    scores = np.empty(sizes.size)
    for group in np.array_split(np.argsort(sizes, kind="stable"), GROUPS):
        scores[group] = sizes[group].mean()
    z = stats.pearsonr(scores, fault).statistic * np.sqrt(sizes.size)
    np.save(HERE / "statistics-expected.npy", np.array([*expected, z, np.log(2 * stats.norm.sf(abs(z)))]))


if __name__ == "__main__":
    main()
