"""Builds a small ONNX model node by node and asks ONNX Runtime for its outputs."""

import dataclasses

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

# Up to this opset exporters wrote IR version 3, in which every initializer is a graph input too.
OPSET_OF_IR_3 = 8


@dataclasses.dataclass
class Case:
    """The parts of onnx.backend.test's TestCase that are written to the archives."""

    name: str
    model: onnx.ModelProto
    data_sets: list


def runtime_session(model):
    """Returns a function feeds -> outputs. Unoptimised and single-threaded, to be repeatable."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda feeds: session.run(None, {name: np.asarray(x) for name, x in feeds.items()})


class ModelBuilder:
    """Methods return the names of the values they add; None stands for an omitted input."""

    def __init__(self, name, opset):
        self._name, self._opset = name, opset
        self._nodes, self._inputs, self._shapes, self._initializers = [], {}, {}, []
        self._count = 0

    def _fresh(self, stem):
        self._count += 1
        return f"{stem}{self._count}"

    def input(self, array, shape=None):
        """A graph input with its value in the data set. A shape may name sides: free ones."""
        name = self._fresh("x")
        self._inputs[name] = np.asarray(array)
        self._shapes[name] = shape or self._inputs[name].shape
        return name

    def weight(self, array):
        """An initializer."""
        name = self._fresh("w")
        self._initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def constant(self, values, dtype=np.int64):
        """A Constant node, as PyTorch writes shape operands."""
        tensor = numpy_helper.from_array(np.asarray(values, dtype))
        return self.node("Constant", value=tensor)

    def node(self, operator, *inputs, outputs=1, **attributes):
        names = [self._fresh("v") for _ in range(outputs)]
        self._nodes.append(
            helper.make_node(operator, [name or "" for name in inputs], names, **attributes)
        )
        return names[0] if outputs == 1 else names

    def case(self, *outputs):
        """Finishes the model; the expected outputs are ONNX Runtime's."""
        model = self._model([helper.make_empty_tensor_value_info(name) for name in outputs])
        expected = runtime_session(model)(self._inputs)
        model = self._model(
            [
                helper.make_tensor_value_info(
                    name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
                )
                for name, value in zip(outputs, expected)
            ]
        )
        onnx.checker.check_model(model)
        return Case(self._name, model, [(list(self._inputs.values()), expected)])

    def _model(self, outputs):
        inputs = [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(value.dtype), self._shapes[name]
            )
            for name, value in self._inputs.items()
        ]
        if self._opset <= OPSET_OF_IR_3:
            inputs += [
                helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
                for tensor in self._initializers
            ]
        graph = helper.make_graph(self._nodes, self._name, inputs, outputs, self._initializers)
        return helper.make_model_gen_version(
            graph,
            producer_name="fringe",
            opset_imports=[helper.make_operatorsetid("", self._opset)],
        )
