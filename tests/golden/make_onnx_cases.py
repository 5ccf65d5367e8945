#!/usr/bin/env python3
"""Makes the ONNX oracle cases that the C tests read: two zip archives and their lists.

Development only; nothing that is built or tested needs Python. Requirements:

    pip install 'onnx==1.18.*' onnxruntime numpy

    python3 make_onnx_cases.py                # rewrites the archives and lists beside this script
    python3 make_onnx_cases.py --unpack DIR   # unpacks the committed archives, to look at them

onnx-node-cases.zip     ONNX's own backend test cases of our operators; expected outputs are ONNX's
onnx-version-cases.zip  our own models, at least one per definition of each operator in the opset
                        range; expected outputs are ONNX Runtime's

Every case lies in ONNX's backend-test layout: <case>/model.onnx and
<case>/test_data_set_N/input_K.pb, output_K.pb.
"""

import argparse
import collections
import pathlib
import sys
import warnings
import zipfile

import numpy as np
import onnx
import onnx.reference
import onnxruntime
from onnx import numpy_helper

import onnx_node_cases
import onnx_operators as scope
import onnx_version_cases
from onnx_model_builder import runtime_session

HERE = pathlib.Path(__file__).resolve().parent
NODE_ARCHIVE = "onnx-node-cases.zip"
VERSION_ARCHIVE = "onnx-version-cases.zip"
LEFT_OUT_LIST = "onnx-cases-left-out.txt"
DISPUTED_LIST = "onnx-cases-disputed.txt"

# Looser than rounding, tighter than any wrong formula; used to find disputes only.
DISPUTE_RTOL, DISPUTE_ATOL = 1e-4, 1e-5


def difference(expected, actual):
    """Returns None if the second opinion agrees, else what differs, in words."""
    expected, actual = np.asarray(expected), np.asarray(actual)
    if expected.shape != actual.shape:
        return f"shape {list(expected.shape)} against {list(actual.shape)}"
    if expected.dtype != actual.dtype:
        return f"type {expected.dtype} against {actual.dtype}"
    if np.allclose(expected, actual, DISPUTE_RTOL, DISPUTE_ATOL, equal_nan=True):
        return None
    with np.errstate(invalid="ignore"):
        worst = np.abs(expected.astype(np.float64) - actual.astype(np.float64)).max()
    return f"values, by up to {worst:.3g}"


def second_opinion(case, run, who):
    """Runs every data set of a case with another implementation.

    Returns (verdict, words): "confirmed", "disputed" or "not run".
    """
    try:
        for inputs, outputs in case.data_sets:
            names = (value.name for value in case.model.graph.input)
            actual = run(case.model, dict(zip(names, inputs)))
            for k, (want, got) in enumerate(zip(outputs, actual)):
                found = difference(want, got)
                if found:
                    return "disputed", f"{who} differs at output {k}: {found}"
    except Exception as error:  # their exception types share no base
        return "not run", f"{who} cannot run it: {' '.join(str(error).split())[:150]}"
    return "confirmed", ""


def run_runtime(model, feeds):
    return runtime_session(model)(feeds)


def run_reference(model, feeds):
    with warnings.catch_warnings():  # numpy's, about log(0)
        warnings.simplefilter("ignore")
        return onnx.reference.ReferenceEvaluator(model).run(None, feeds)


def case_files(case):
    """Yields (path, bytes) of one case."""
    yield f"{case.name}/model.onnx", case.model.SerializeToString(deterministic=True)
    graph = case.model.graph
    for number, (inputs, outputs) in enumerate(case.data_sets):
        for side, arrays, infos in (
            ("input", inputs, graph.input),
            ("output", outputs, graph.output),
        ):
            for k, (array, info) in enumerate(zip(arrays, infos)):
                tensor = numpy_helper.from_array(np.asarray(array), info.name)
                path = f"{case.name}/test_data_set_{number}/{side}_{k}.pb"
                yield path, tensor.SerializeToString(deterministic=True)


def write_archive(path, cases):
    """Sorted names, one fixed date and fixed attributes: the same cases give the same bytes."""
    files = sorted(file for case in cases for file in case_files(case))
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, compresslevel=9)
    return path.stat().st_size


def write_list(path, head, rows):
    lines = [*(f"# {line}" for line in head), *("\t".join(row) for row in sorted(rows))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def select_node_cases():
    """Returns ONNX's cases, kept and left out, as rows that begin with the operator."""
    kept, left_out = [], []
    for operator, case in onnx_node_cases.collect():
        reason = onnx_node_cases.reason_to_leave_out(operator, case)
        if reason:
            left_out.append((operator, case.name, reason))
        else:
            kept.append((operator, case))
    return kept, left_out


def print_counts(nodes, left_out, versions):
    counted = [collections.Counter(row[0] for row in rows) for rows in (nodes, left_out, versions)]
    print(f"{'':18}{'node cases':>12}{'left out':>12}{'versions':>12}")
    rows = [*scope.GROUPS.items(), ("relatives", scope.RELATIVES), ("graphs", ["graph"])]
    for group, operators in rows:
        numbers = [sum(count[name] for name in operators) for count in counted]
        print(f"{group:18}" + "".join(f"{number:12}" for number in numbers))
    print(f"{'all':18}" + "".join(f"{sum(count.values()):12}" for count in counted))


def make():
    nodes, left_out = select_node_cases()
    versions = list(onnx_version_cases.build())
    onnx_version_cases.check_every_definition([case for _, case in versions])

    opinions = []
    for cases, run, who in (
        (nodes, run_runtime, "ONNX Runtime"),
        (versions, run_reference, "ONNX's reference"),
    ):
        verdicts = collections.Counter()
        for operator, case in cases:
            verdict, words = second_opinion(case, run, who)
            verdicts[verdict] += 1
            if verdict == "disputed" or (verdict == "not run" and cases is nodes):
                opinions.append((operator, case.name, words))
        print(f"{who}: " + ", ".join(f"{n} {verdict}" for verdict, n in verdicts.items()))

    sizes = [
        write_archive(HERE / NODE_ARCHIVE, [case for _, case in nodes]),
        write_archive(HERE / VERSION_ARCHIVE, [case for _, case in versions]),
    ]
    write_list(
        HERE / LEFT_OUT_LIST,
        [
            f"Written by make_onnx_cases.py from onnx {onnx.__version__}.",
            f"ONNX's test cases of our operators that are not in {NODE_ARCHIVE}:",
            "operator, case, reason.",
        ],
        left_out,
    )
    write_list(
        HERE / DISPUTED_LIST,
        [
            f"Written by make_onnx_cases.py from onnx {onnx.__version__} and"
            f" onnxruntime {onnxruntime.__version__}.",
            "Kept cases whose expected output a second implementation contradicts:",
            "operator, case, what it says. For node cases (test_*) that is ONNX Runtime, for",
            "version cases ONNX's reference evaluator. README.md says who is right, and why.",
        ],
        opinions,
    )
    print_counts(nodes, left_out, versions)
    print(f"{NODE_ARCHIVE} {sizes[0]} bytes, {VERSION_ARCHIVE} {sizes[1]} bytes")
    if sum(sizes) > scope.ARCHIVES_BYTES_MAX:
        sys.exit(f"archives hold {sum(sizes)} bytes, allowed are {scope.ARCHIVES_BYTES_MAX}")


def unpack(folder):
    for archive, name in ((NODE_ARCHIVE, "node"), (VERSION_ARCHIVE, "version")):
        with zipfile.ZipFile(HERE / archive) as opened:
            opened.extractall(folder / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unpack", metavar="DIR", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.unpack:
        unpack(arguments.unpack)
    else:
        make()


if __name__ == "__main__":
    main()
