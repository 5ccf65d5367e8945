"""Selects ONNX's own backend test cases: which are kept, and why each other is not."""

import warnings

import numpy as np
import onnx
from onnx import TensorProto, helper

import onnx_operators as scope

# Cases that no rule below describes.
EXCEPTIONS = {
    "test_resize_downsample_scales_linear_align_corners": "ONNX divides by the fractional output"
    " length minus one, ONNX Runtime and PyTorch by the whole one, as we do",
    "test_maxunpool_export_with_output_shape": "an output_shape larger than what the windows cover,"
    " which we refuse: ONNX and ONNX Runtime disagree where its values go",
}


def collect():
    """Yields (operator, case) for every case of ONNX that concerns our operators."""
    with warnings.catch_warnings():  # numpy's, about overflow and log(0) in case definitions
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.model import collect_testcases as collect_models
        from onnx.backend.test.case.node import collect_testcases as collect_nodes

        nodes, models = collect_nodes(None), collect_models()

    operator_of = {
        case.name: case.model.graph.node[0].op_type
        for case in nodes
        if "_expanded" not in case.name and case.model.graph.node[0].domain == ""
    }
    for case in nodes:
        # An expanded case replaces the node by its function body; it belongs to
        # the operator that it expands.
        operator = operator_of.get(case.name.split("_expanded")[0])
        if operator in scope.OPERATORS or operator in scope.RELATIVES:
            yield operator, case
    for case in models:
        if case.kind != "simple":
            continue  # "real" cases are downloads of old classification networks
        used = [node.op_type for node in case.model.graph.node]
        if used and set(used) <= scope.OPERATORS:
            yield used[0], case


def reason_to_leave_out(operator, case):
    """Returns why a case is out of scope, or None if it is kept."""
    if operator in scope.RELATIVES:
        return scope.RELATIVES[operator]
    if case.name in EXCEPTIONS:
        return EXCEPTIONS[case.name]
    for rule in (_foreign_operator, _foreign_value, _training, _foreign_mode, _integer_data, _large):
        reason = rule(operator, case)
        if reason:
            return reason
    return None


def _foreign_operator(_operator, case):
    used = {node.op_type for node in case.model.graph.node}
    foreign = sorted(used - scope.OPERATORS)
    if foreign:
        return f"expansion needs an operator outside the list: {', '.join(foreign)}"
    return None


def _foreign_value(_operator, case):
    """Sequences, foreign element types and high ranks, of intermediate values too."""
    graph = onnx.shape_inference.infer_shapes(case.model).graph
    types = [value.type for value in (*graph.input, *graph.output, *graph.value_info)]
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type in (onnx.AttributeProto.STRING, onnx.AttributeProto.STRINGS):
                if node.op_type == "Constant":
                    return "string data"
            if attribute.type == onnx.AttributeProto.TENSOR:
                types.append(
                    helper.make_tensor_type_proto(attribute.t.data_type, attribute.t.dims)
                )
            if attribute.type == onnx.AttributeProto.SPARSE_TENSOR:
                return "sparse data"
    for value_type in types:
        kind = value_type.WhichOneof("value")
        if kind != "tensor_type":
            return f"{kind.removesuffix('_type')} values"
    foreign = {t.tensor_type.elem_type for t in types} - scope.ELEMENT_TYPES
    if foreign:
        return " and ".join(sorted(TensorProto.DataType.Name(t).lower() for t in foreign)) + " data"
    rank = max(len(t.tensor_type.shape.dim) for t in types)
    if rank > scope.RANK_MAX:
        return f"rank {rank}"
    return None


def _training(operator, case):
    for node in case.model.graph.node:
        if any(a.name == "training_mode" and a.i for a in node.attribute):
            return "training mode"
        if node.op_type == "Dropout" and len(node.input) > 2:
            flag = [i.name for i in case.model.graph.input].index(node.input[2])
            if case.data_sets[0][0][flag]:
                return "training mode"
    return None


def _foreign_mode(_operator, case):
    for node in case.model.graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if attributes.get("mode") == b"cubic":
            return "cubic interpolation"
        if attributes.get("antialias"):
            return "antialias"
        if node.op_type == "MaxPool" and len(node.output) > 1:
            return "Indices output of MaxPool, held by test_nn_unpool.c"
    return None


def _integer_data(operator, case):
    """Integers and conditions stand for shapes; what no shape computation uses is left out."""
    first = case.model.graph.input[0].type.tensor_type.elem_type if case.model.graph.input else 0
    if first == TensorProto.FLOAT:
        return None
    if operator == "Pow":
        return "power of integers: no shape needs it"
    if operator in scope.GROUPS["reduction"] and first == TensorProto.BOOL:
        return "reduction of conditions: no exporter writes it"
    return None


def _large(_operator, case):
    size = sum(
        np.asarray(tensor).nbytes for data in case.data_sets for side in data for tensor in side
    )
    if size > scope.CASE_BYTES_MAX:
        return f"large: {size} bytes of tensors"
    return None
