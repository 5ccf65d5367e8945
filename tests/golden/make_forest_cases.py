"""Writes tests/golden/forest: forests as ONNX files, with rows and what scikit-learn and ONNX Runtime say of them;
and tests/malformed/forest, where one of them is broken in several ways.

    python3 -m venv venv && venv/bin/pip install scikit-learn skl2onnx onnx onnxruntime
    venv/bin/python tests/golden/make_forest_cases.py BUILD/tests/bench/bench_forest

For each case NAME.onnx, NAME-rows.npy (N, F) and NAME-probabilities.npy (N, C), all float32. The probabilities of
converted forests are scikit-learn's own; ONNX Runtime's must agree within 1e-5. Those of hand-made trees, and of
forests that bench_forest has grown and written, are ONNX Runtime's.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.datasets import make_classification
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

HERE = pathlib.Path(__file__).parent / "forest"
BROKEN = pathlib.Path(__file__).parent.parent / "malformed" / "forest"
ROWS = 48


def run(model, rows):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    value = session.get_inputs()[0]
    rows = rows.astype(np.float64 if "double" in value.type else np.float32)
    probabilities = session.run(None, {value.name: rows})[1]
    if isinstance(probabilities, list):  # ZipMap
        probabilities = [list(row.values()) for row in probabilities]
    return np.array(probabilities, np.float32)


def write(name, model, rows, probabilities):
    rows, probabilities = rows.astype(np.float32), probabilities.astype(np.float32)
    difference = np.abs(run(model, rows) - probabilities).max()
    assert difference < 1e-5, (name, difference)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())
    np.save(HERE / f"{name}-rows.npy", rows)
    np.save(HERE / f"{name}-probabilities.npy", probabilities)
    print(f"{name}: {rows.shape[0]} rows, {probabilities.shape[1]} classes, difference {difference:.1e}")


def converted(name, classifier, labels, kind=FloatTensorType, zipmap=True):
    x, y = make_classification(300, 7, n_informative=5, n_classes=len(labels), random_state=5, flip_y=0.1)
    x = x.astype(np.float32)
    classifier.fit(x, np.array(labels)[y])
    model = convert_sklearn(classifier, initial_types=[("X", kind([None, 7]))], target_opset={"": 17, "ai.onnx.ml": 3},
                            options={id(classifier): {"zipmap": zipmap}})
    write(name, model, x[:ROWS], classifier.predict_proba(x[:ROWS]))


def by_hand(name, rows, classes, opset_ml=1, kind=TensorProto.FLOAT, **attributes):
    node = helper.make_node("TreeEnsembleClassifier", ["x"], ["label", "p"], domain="ai.onnx.ml",
                            classlabels_int64s=list(range(classes)), **attributes)
    graph = helper.make_graph([node], "by-hand",
                              [helper.make_tensor_value_info("x", kind, [None, rows.shape[1]])],
                              [helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
                               helper.make_tensor_value_info("p", TensorProto.FLOAT, [None, classes])])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17),
                                                                  helper.make_opsetid("ai.onnx.ml", opset_ml)])
    onnx.checker.check_model(model)
    write(name, model, rows, run(model, rows))


def modes():
    """A tree for each comparison, twice: NaN goes the false way, then the true way. Leaf n weighs for class n % 3."""
    names = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"] * 2
    lists = {key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids",
                                 "missing_value_tracks_true")}
    weights = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
    for tree, mode in enumerate(names):
        # Nodes are numbered with gaps and listed out of order, but for the root: ONNX Runtime wants it first.
        for node, kind, feature, value, true, false in ((0, mode, 0, 0.5, 3, 9), (7, "LEAF", 0, 0.0, 0, 0),
                                                        (3, mode, 1, -1.25, 7, 4), (9, "LEAF", 0, 0.0, 0, 0),
                                                        (4, "LEAF", 0, 0.0, 0, 0)):
            for key, item in zip(lists, (tree, node, feature, value, kind, true, false, int(tree > 3))):
                lists[key].append(item)
        for node in (4, 9, 7):
            for key, item in zip(weights, (tree, node, (node + tree) % 3, 2.0 ** -(tree + node % 4 + 1))):
                weights[key].append(item)
    values = [-np.inf, -2, -1.25, np.nextafter(np.float32(-1.25), np.float32(0)), 0, 0.5,
              np.nextafter(np.float32(0.5), np.float32(1)), 3, np.inf, np.nan]
    rows = np.array([(a, b) for a in values for b in values], np.float32)
    attributes = {f"nodes_{key}": value for key, value in lists.items()}
    attributes.update({f"class_{key}": value for key, value in weights.items()})
    by_hand("modes", rows, 3, post_transform="NONE", **attributes)


def doubles():
    """Thresholds and weights as double tensors: 0.1 lies between two floats."""
    rows = np.array([[np.float32(0.1)], [np.nextafter(np.float32(0.1), np.float32(0))], [0.2]], np.float32)
    by_hand("doubles", rows, 3, 3, TensorProto.DOUBLE, nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0],
            nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
            nodes_values_as_tensor=numpy_helper.from_array(np.array([0.1, 0, 0]), "v"),
            class_treeids=[0, 0], class_nodeids=[1, 2], class_ids=[0, 2],
            class_weights_as_tensor=numpy_helper.from_array(np.array([0.3, 0.7]), "w"), post_transform="NONE")


def ours(name, classes):
    x, y = make_classification(400, 6, n_informative=4, n_classes=classes, random_state=8, flip_y=0.1)
    with tempfile.TemporaryDirectory() as folder:
        table, path = folder + "/table.npy", folder + "/forest.onnx"
        np.save(table, np.column_stack([x, y]).astype(np.float32))
        subprocess.run([sys.argv[1], table, table, "12", "1", "1", "histogram", path], check=True)
        model = onnx.load(path)
    onnx.checker.check_model(model)
    rows = x[:ROWS].astype(np.float32)
    label, probabilities = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"features": rows})
    assert (label == probabilities.argmax(1)).all(), name
    write(name, model, rows, probabilities)


def broken():
    """One value of one list is another, or a list is cut, in a file that is sound otherwise."""
    for defect, name, index, value in (("whole", None, 0, 0), ("child-missing", "nodes_truenodeids", 0, 999),
                                       ("child-of-itself", "nodes_falsenodeids", 1, 1),
                                       ("cycle", "nodes_truenodeids", 1, 0), ("node-twice", "nodes_nodeids", 2, 1),
                                       ("feature-of-2e40", "nodes_featureids", 0, 2**40),
                                       ("threshold-nan", "nodes_values", 0, float("nan")),
                                       ("mode-unknown", "nodes_modes", 0, b"BRANCH_EQ"),
                                       ("tree-of-minus-2e63", "nodes_treeids", 0, -(2**63)),
                                       ("class-of-2e62", "class_ids", 0, 2**62),
                                       ("weight-infinite", "class_weights", 0, float("inf")),
                                       ("weight-on-a-split", "class_nodeids", 0, 0),
                                       ("weights-short", "class_weights", None, 0),
                                       ("transform-unknown", "post_transform", None, b"PROBIT")):
        model = onnx.load(HERE / "forest-of-3.onnx")
        for attribute in model.graph.node[0].attribute:
            if attribute.name == name and name == "post_transform":
                attribute.s = value
            elif attribute.name == name:
                values = next(field for field in (attribute.ints, attribute.floats, attribute.strings) if len(field))
                if index is None:
                    del values[-1]
                else:
                    values[index] = value
        (BROKEN / f"forest-{defect}.onnx").write_bytes(model.SerializeToString())


HERE.mkdir(exist_ok=True)
BROKEN.mkdir(exist_ok=True)
converted("forest-of-3", RandomForestClassifier(8, max_depth=5, random_state=1), [0, 1, 2])
converted("forest-of-2", RandomForestClassifier(8, max_depth=5, random_state=1), [0, 1])
converted("forest-of-texts", RandomForestClassifier(5, max_depth=4, random_state=2, class_weight="balanced"),
          ["bulk", "fault", "twin"], zipmap=False)
converted("forest-in-double", RandomForestClassifier(5, max_depth=4, random_state=3), [0, 1, 2], DoubleTensorType)
converted("extra-trees", ExtraTreesClassifier(5, max_depth=4, random_state=4), [0, 1, 2, 3])
converted("one-tree", DecisionTreeClassifier(max_depth=4, random_state=5), [0, 1, 2], zipmap=False)
converted("boosted-2", GradientBoostingClassifier(n_estimators=6, random_state=6), [0, 1])
converted("boosted-3", GradientBoostingClassifier(n_estimators=4, random_state=7), [0, 1, 2])
modes()
doubles()
ours("ours-of-2", 2)
ours("ours-of-4", 4)
broken()
