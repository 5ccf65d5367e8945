"""The definitions of an operator over the opsets, and a collector of one-node cases for them."""

import dataclasses
import zlib

import numpy as np
import onnx

import onnx_operators as scope
from onnx_model_builder import ModelBuilder


def definitions(operator):
    """Returns the first opset, within our range, of each definition of an operator."""
    since = sorted(
        schema.since_version
        for schema in onnx.defs.get_all_schemas_with_history()
        if schema.name == operator
        and schema.domain == ""
        and schema.since_version <= scope.OPSET_MAX
        and not schema.deprecated
    )
    oldest = max((v for v in since if v <= scope.OPSET_MIN), default=scope.OPSET_MIN)
    return [max(v, scope.OPSET_MIN) for v in since if v >= oldest]


def says_the_same(operator, opset, earlier):
    """Whether two definitions have equal attributes, defaults, inputs and outputs."""

    def signature(schema):
        attributes = {
            name: (attribute.type, attribute.required, attribute.default_value.SerializeToString())
            for name, attribute in schema.attributes.items()
        }
        inputs = [(formal.name, formal.option) for formal in schema.inputs]
        return attributes, inputs, [formal.name for formal in schema.outputs]

    return signature(onnx.defs.get_schema(operator, opset)) == signature(
        onnx.defs.get_schema(operator, earlier)
    )


@dataclasses.dataclass
class Weight:
    """Marks an input of a case that is an initializer, not a graph input."""

    array: np.ndarray


def ints(*values):
    return Weight(np.asarray(values, np.int64))


def number(value, dtype=np.float32):
    return Weight(np.asarray(value, dtype))


class Suite:
    """Collects the cases of one operator; its random numbers depend on the operator only."""

    def __init__(self, operator):
        self.operator, self.opsets, self.cases = operator, definitions(operator), []
        self._rng = np.random.default_rng(zlib.crc32(operator.encode()))
        self._whats = {opset: set() for opset in self.opsets}

    def floats(self, *shape, low=-2.0, high=2.0):
        return self._rng.uniform(low, high, shape).astype(np.float32)

    def weight(self, *shape, low=-1.0, high=1.0):
        return Weight(self.floats(*shape, low=low, high=high))

    def integers(self, *shape, low=-9, high=10, dtype=np.int64):
        return self._rng.integers(low, high, shape).astype(dtype)

    def bools(self, *shape):
        return self._rng.integers(0, 2, shape).astype(bool)

    def add(self, opset, what, *inputs, outputs=1, **attributes):
        """One node. Inputs: an array is fed, a Weight is stored in the model, None is omitted.

        Many definitions only add element types to the one before. They get one case,
        and those that the one before could not have.
        """
        self._whats[opset].add(what)
        earlier = max((o for o in self.opsets if o < opset), default=None)
        if (
            earlier is not None
            and len(self._whats[opset]) > 1
            and what in self._whats[earlier]
            and says_the_same(self.operator, opset, earlier)
        ):
            return
        builder = ModelBuilder(f"{self.operator.lower()}-{opset}-{what}", opset)
        names = [
            None if x is None else builder.weight(x.array) if isinstance(x, Weight) else builder.input(x)
            for x in inputs
        ]
        values = builder.node(self.operator, *names, outputs=outputs, **attributes)
        self.cases.append(builder.case(*([values] if outputs == 1 else values)))
