"""The operators, element types and limits for which the ONNX oracle cases are made.

One table, read by every script beside it, so that "the operators of the engine"
is written down once on the Python side.
"""

from onnx import TensorProto

# Groups are used by the printed count only; the order is the order of the report.
GROUPS = {
    "convolution": "Conv ConvTranspose",
    "normalisation": "BatchNormalization InstanceNormalization GroupNormalization LayerNormalization",
    "pooling": "MaxPool AveragePool GlobalMaxPool GlobalAveragePool MaxUnpool",
    "resampling": "Resize Upsample DepthToSpace SpaceToDepth",
    "layout": "Pad Concat Split Slice Reshape Transpose Squeeze Unsqueeze Flatten Expand Tile Identity",
    "shape and index": "Shape Size Gather Range Constant ConstantOfShape Cast",
    "condition": "Where Equal Less LessOrEqual Greater GreaterOrEqual Not And Or Xor",
    "arithmetic": "Add Sub Mul Div Mod Pow Min Max Sum Mean Neg Abs Sign Sqrt Exp Log Reciprocal"
    " Floor Ceil Round Clip",
    "activation": "Relu LeakyRelu PRelu Sigmoid HardSigmoid HardSwish Tanh Elu Selu Celu Softplus"
    " Softsign Gelu Mish Erf ThresholdedRelu Softmax LogSoftmax Dropout",
    "matrix": "MatMul Gemm",
    "reduction": "ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2"
    " ReduceSumSquare ReduceLogSum ReduceLogSumExp ArgMax ArgMin",
}
GROUPS = {group: names.split() for group, names in GROUPS.items()}
OPERATORS = frozenset(name for names in GROUPS.values() for name in names)

# ONNX has test cases for these relatives of our operators. Each is left out as a
# whole, so its cases are named in the list with this reason.
RELATIVES = {
    "LpPool": "operator not taken: PyTorch exports it as Pow and AveragePool, tf2onnx never writes it",
    "GlobalLpPool": "operator not taken: no exporter of image networks writes it",
    "CastLike": "operator not taken: exporters write Cast",
}

# Pixels are float32; the others carry shapes, indices and conditions.
ELEMENT_TYPES = frozenset(
    (TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL)
)
RANK_MAX = 5
OPSET_MIN, OPSET_MAX = 7, 23
CASE_BYTES_MAX = 64 * 1024  # tensors of one case; a few ONNX cases hold 300 KB of noise
ARCHIVES_BYTES_MAX = 3 * 1000 * 1000
