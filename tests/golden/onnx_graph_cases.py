"""Small whole graphs, node for node as PyTorch and tf2onnx write them.

What matters here is not any one operator but the chains around them: sizes computed by
Shape, Gather and Concat, pads computed at run time, normalisations taken apart, layouts
turned to NHWC and back. Written by hand, so that no training framework is needed.
"""

import zlib

import numpy as np
import onnx

from onnx_model_builder import ModelBuilder


class Network(ModelBuilder):
    """Adds layers with random weights to the node-wise builder."""

    def __init__(self, name, opset):
        super().__init__(f"graph-{opset}-{name}", opset)
        self.opset, self.channels_first = opset, not name.startswith("tf-")
        self._rng = np.random.default_rng(zlib.crc32(name.encode()))

    def random(self, *shape, low=-1.0, high=1.0):
        return self._rng.uniform(low, high, shape).astype(np.float32)

    def micrograph(self, *shape):
        """A noise image. Height and width are free, as in every useful export."""
        channel = 1 if self.channels_first else 3
        free = ["batch", "height", "width"]
        free.insert(channel, shape[channel])
        return self.input(self.random(*shape), free)

    def conv(self, x, channels, filters, kernel=3, bias=True, **attributes):
        scale = (channels * kernel * kernel) ** -0.5  # keeps activations near one
        weight = self.weight(scale * self.random(filters, channels, kernel, kernel, low=-2.4, high=2.4))
        if "auto_pad" not in attributes:
            attributes["pads"] = [kernel // 2] * 4
        operands = [x, weight] + ([self.weight(self.random(filters))] if bias else [])
        return self.node("Conv", *operands, kernel_shape=[kernel, kernel], **attributes)

    def batch_norm(self, x, channels):
        parameters = [self.random(channels, low=0.3, high=1.5) for _ in range(4)]
        parameters[1] -= 1
        parameters[2] -= 1
        return self.node("BatchNormalization", x, *map(self.weight, parameters), epsilon=1e-5)

    def double_conv(self, x, channels, filters):
        x = self.node("Relu", self.conv(x, channels, filters))
        return self.node("Relu", self.conv(x, filters, filters))

    def half(self, x):
        return self.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])

    def up_conv(self, x, channels, filters):
        weight = self.weight(self.random(channels, filters, 2, 2))
        bias = self.weight(self.random(filters))
        return self.node("ConvTranspose", x, weight, bias, kernel_shape=[2, 2], strides=[2, 2])

    def side(self, x, axis):
        """x.shape[axis] in PyTorch's export: Shape and Gather of a scalar index."""
        return self.node("Gather", self.node("Shape", x), self.constant(axis), axis=0)

    def unsqueeze(self, x, *axes):
        if self.opset < 13:
            return self.node("Unsqueeze", x, axes=axes)
        return self.node("Unsqueeze", x, self.constant(axes))

    def squeeze(self, x, *axes):
        if self.opset < 13:
            return self.node("Squeeze", x, axes=axes)
        return self.node("Squeeze", x, self.constant(axes))

    def mean(self, x, *axes):
        if self.opset < 18:
            return self.node("ReduceMean", x, axes=axes, keepdims=1)
        return self.node("ReduceMean", x, self.constant(axes), keepdims=1)

    def cut(self, x, start, end, axis, step=1):
        if self.opset < 10:
            return self.node("Slice", x, starts=[start], ends=[end], axes=[axis])
        return self.node("Slice", x, *(self.constant([v]) for v in (start, end, axis, step)))


def torch_unet_interpolate(opset):
    """F.interpolate(x, size=skip.shape[2:]): the target size is cut from one Shape and joined."""
    net = Network("torch-unet-interpolate", opset)
    x = net.micrograph(1, 1, 13, 18)
    skip = net.double_conv(x, 1, 4)
    deep = net.double_conv(net.half(skip), 4, 6)
    sides = [net.unsqueeze(net.side(skip, axis), 0) for axis in (2, 3)]
    target = net.node("Concat", *sides, axis=0)
    front = net.cut(net.node("Shape", deep), 0, 2, 0)
    sizes = net.node("Concat", front, net.node("Cast", target, to=onnx.TensorProto.INT64), axis=0)
    empty = net.constant([], np.float32)
    up = net.node("Resize", deep, empty, empty, sizes, mode="linear", cubic_coeff_a=-0.75,
                  coordinate_transformation_mode="pytorch_half_pixel", nearest_mode="floor")
    joined = net.node("Concat", up, skip, axis=1)
    return net.case(net.node("Sigmoid", net.conv(net.double_conv(joined, 10, 4), 4, 1, kernel=1)))


def torch_upsample_floor(opset):
    """nn.Upsample(scale_factor=2) with dynamic axes: floor(float(side) * 2) as the size."""
    net = Network("torch-upsample-floor", opset)
    x = net.conv(net.micrograph(1, 2, 5, 7), 2, 3)
    sides = []
    for axis in (2, 3):
        side = net.node("Cast", net.side(x, axis), to=onnx.TensorProto.FLOAT)
        side = net.node("Floor", net.node("Mul", side, net.constant(2.0, np.float32)))
        sides.append(net.unsqueeze(side, 0))
    sizes = net.node("Concat", *sides, axis=0)
    if opset < 10:
        here = net.node("Cast", net.cut(net.node("Shape", x), 2, 4, 0), to=onnx.TensorProto.FLOAT)
        scales = net.node("Concat", net.constant([1, 1], np.float32), net.node("Div", sizes, here), axis=0)
        up = net.node("Upsample", x, scales, mode="nearest")
    else:
        whole = net.node("Cast", sizes, to=onnx.TensorProto.INT64)
        sizes = net.node("Concat", net.cut(net.node("Shape", x), 0, 2, 0), whole, axis=0)
        empty = net.constant([], np.float32)
        up = net.node("Resize", x, empty, empty, sizes, mode="nearest", nearest_mode="floor",
                      coordinate_transformation_mode="asymmetric")
    return net.case(net.conv(up, 3, 2))


def torch_unet_crop(opset):
    """A skip connection cropped about its centre to the size of the deeper path."""
    net = Network("torch-unet-crop", opset)
    skip = net.double_conv(net.micrograph(1, 1, 15, 13), 1, 3)
    up = net.up_conv(net.double_conv(net.half(skip), 3, 5), 5, 3)
    for axis in (2, 3):
        spare = net.node("Sub", net.side(skip, axis), net.side(up, axis))
        start = net.node("Div", spare, net.constant(2))
        end = net.node("Add", start, net.side(up, axis))
        bounds = [net.unsqueeze(value, 0) for value in (start, end)]
        skip = net.node("Slice", skip, *bounds, net.constant([axis]), net.constant([1]))
    joined = net.node("Concat", skip, up, axis=1)
    logits = net.conv(joined, 6, 2, kernel=1)
    if opset >= 13:
        return net.case(net.node("Softmax", logits, axis=1))
    swapped = net.node("Transpose", logits, perm=[0, 3, 2, 1])  # Softmax was right on the last axis only
    return net.case(net.node("Transpose", net.node("Softmax", swapped, axis=3), perm=[0, 3, 2, 1]))


def torch_unet_pad(opset):
    """F.pad by computed differences: PyTorch reverses the pad list by a chain of eight nodes."""
    net = Network("torch-unet-pad", opset)
    skip = net.double_conv(net.micrograph(1, 1, 11, 14), 1, 3)
    up = net.up_conv(net.double_conv(net.half(skip), 3, 4), 4, 3)
    pads = []
    for axis in (3, 2):
        missing = net.node("Sub", net.side(skip, axis), net.side(up, axis))
        before = net.node("Div", missing, net.constant(2))
        pads += [before, net.node("Sub", missing, before)]
    pads = net.node("Concat", *(net.unsqueeze(value, 0) for value in pads), axis=0)
    rest = net.node("Sub", net.node("Mul", net.constant([4]), net.constant([2])), net.constant([4]))
    zeros = net.node("ConstantOfShape", rest, value=onnx.numpy_helper.from_array(np.int64([0])))
    pads = net.node("Reshape", net.node("Concat", pads, zeros, axis=0), net.constant([-1, 2]))
    pads = net.cut(pads, -1, -np.iinfo(np.int64).max, 0, step=-1)
    pads = net.node("Reshape", net.node("Transpose", pads, perm=[1, 0]), net.constant([-1]))
    pads = net.node("Cast", pads, to=onnx.TensorProto.INT64)
    up = net.node("Pad", up, pads, net.constant(0.0, np.float32), mode="constant")
    joined = net.node("Concat", skip, up, axis=1)
    return net.case(net.node("Sigmoid", net.conv(joined, 6, 1, kernel=1)))


def torch_group_norm(opset):
    """nn.GroupNorm before opset 18: Reshape, InstanceNormalization of groups, Reshape back."""
    net = Network("torch-groupnorm", opset)
    x = net.conv(net.micrograph(1, 1, 9, 10), 1, 6, bias=False)
    groups = net.node("Reshape", x, net.constant([0, 3, -1]))
    ones, zeros = net.constant(np.ones(3), np.float32), net.constant(np.zeros(3), np.float32)
    normed = net.node("InstanceNormalization", groups, ones, zeros, epsilon=1e-5)
    normed = net.node("Reshape", normed, net.node("Shape", x))
    scaled = net.node("Mul", normed, net.weight(net.random(6, 1, 1)))
    shifted = net.node("Add", scaled, net.weight(net.random(6, 1, 1)))
    return net.case(net.conv(net.node("LeakyRelu", shifted, alpha=0.01), 6, 2, kernel=1))


def torch_residual_unet(opset):
    """Batch-normalised residual blocks, strided convolution down, transposed convolution up."""
    net = Network("torch-residual-unet", opset)

    def block(x, channels, filters, stride):
        y = net.conv(x, channels, filters, bias=False, strides=[stride, stride])
        y = net.node("Relu", net.batch_norm(y, filters))
        y = net.batch_norm(net.conv(y, filters, filters, bias=False), filters)
        if stride > 1 or channels != filters:
            x = net.conv(x, channels, filters, kernel=1, bias=False, strides=[stride, stride])
            x = net.batch_norm(x, filters)
        return net.node("Relu", net.node("Add", y, x))

    skip = block(net.micrograph(1, 1, 12, 16), 1, 4, 1)
    deep = net.node("Identity", net.node("Dropout", block(skip, 4, 6, 2)))
    joined = net.node("Concat", net.up_conv(deep, 6, 4), skip, axis=1)
    logits = net.conv(block(joined, 8, 4, 1), 4, 3, kernel=1)
    classes = net.node("ArgMax", logits, axis=1, keepdims=0)
    return net.case(logits, classes)


def torch_squeeze_excite(opset):
    """Channel attention: global mean, two linear layers, a Reshape built from the batch size."""
    net = Network("torch-squeeze-excite", opset)
    x = net.node("Relu", net.conv(net.micrograph(1, 1, 8, 9), 1, 6))
    pooled = net.node("Flatten", net.node("GlobalAveragePool", x), axis=1)
    weights = [net.weight(net.random(*shape)) for shape in ((3, 6), (3,), (6, 3), (6,))]
    hidden = net.node("Relu", net.node("Gemm", pooled, *weights[:2], alpha=1.0, beta=1.0, transB=1))
    gate = net.node("Sigmoid", net.node("Gemm", hidden, *weights[2:], alpha=1.0, beta=1.0, transB=1))
    batch = net.unsqueeze(net.side(x, 0), 0)
    shape = net.node("Concat", batch, net.constant([6]), net.constant([1]), net.constant([1]), axis=0)
    return net.case(net.node("Mul", x, net.node("Reshape", gate, shape)))


def torch_attention_gate(opset):
    """The gate of an attention U-Net: a coarse signal resized onto the skip connection."""
    net = Network("torch-attention-gate", opset)
    skip = net.double_conv(net.micrograph(1, 1, 10, 12), 1, 4)
    coarse = net.double_conv(net.half(skip), 4, 6)
    signal = net.conv(coarse, 6, 3, kernel=1)
    narrow = net.conv(skip, 4, 3, kernel=1, strides=[2, 2])
    gate = net.node("Sigmoid", net.conv(net.node("Relu", net.node("Add", signal, narrow)), 3, 1, kernel=1))
    scales = net.constant([1, 1, 2, 2], np.float32)
    empty = net.constant([], np.float32)
    gate = net.node("Resize", gate, empty, scales, mode="linear",
                    coordinate_transformation_mode="align_corners")
    return net.case(net.node("Mul", skip, gate))


def torch_convnext_block(opset):
    """Channels-last LayerNorm and Gelu, both taken apart as before opsets 17 and 20."""
    net = Network("torch-convnext-block", opset)
    x = net.conv(net.micrograph(1, 1, 7, 8), 1, 4)
    y = net.conv(x, 1, 4, kernel=7, group=4)
    y = net.node("Transpose", y, perm=[0, 2, 3, 1])
    centred = net.node("Sub", y, net.mean(y, -1))
    variance = net.mean(net.node("Pow", centred, net.constant(2.0, np.float32)), -1)
    root = net.node("Sqrt", net.node("Add", variance, net.constant(1e-6, np.float32)))
    y = net.node("Mul", net.node("Div", centred, root), net.weight(net.random(4)))
    y = net.node("Add", y, net.weight(net.random(4)))
    y = net.node("Add", net.node("MatMul", y, net.weight(net.random(4, 8))), net.weight(net.random(8)))
    erf = net.node("Erf", net.node("Div", y, net.constant(2**0.5, np.float32)))
    y = net.node("Mul", net.node("Mul", y, net.node("Add", erf, net.constant(1.0, np.float32))),
                 net.constant(0.5, np.float32))
    y = net.node("Add", net.node("MatMul", y, net.weight(net.random(8, 4))), net.weight(net.random(4)))
    return net.case(net.node("Add", x, net.node("Transpose", y, perm=[0, 3, 1, 2])))


def torch_expand(opset):
    """x.expand(-1, n, -1, -1): Where replaces each -1 of the wanted shape by 1."""
    net = Network("torch-expand", opset)
    x = net.conv(net.micrograph(1, 1, 6, 5), 1, 1)
    wanted = net.constant([-1, 3, -1, -1])
    ones = net.node("ConstantOfShape", net.constant([4]), value=onnx.numpy_helper.from_array(np.int64([1])))
    missing = net.node("Equal", wanted, net.node("Mul", ones, net.constant(-1)))
    return net.case(net.conv(net.node("Expand", x, net.node("Where", missing, ones, wanted)), 3, 2))


def torch_standardised_input(opset):
    """Preparation inside the graph: subtract the mean, divide by the deviation, clip."""
    net = Network("torch-standardised-input", opset)
    x = net.micrograph(1, 1, 9, 11)
    centred = net.node("Sub", x, net.mean(x, 1, 2, 3))
    deviation = net.node("Sqrt", net.mean(net.node("Mul", centred, centred), 1, 2, 3))
    scaled = net.node("Div", centred, net.node("Add", deviation, net.constant(1e-6, np.float32)))
    limits = [net.constant(v, np.float32) for v in (-1.5, 1.5)]
    return net.case(net.conv(net.node("Clip", scaled, *limits), 1, 2))


def torch_pixel_shuffle(opset):
    """Sub-pixel upsampling, and a second branch joined at equal size."""
    net = Network("torch-pixel-shuffle", opset)
    x = net.micrograph(1, 1, 6, 8)
    deep = net.node("Relu", net.conv(net.half(x), 1, 8))
    up = net.node("DepthToSpace", deep, blocksize=2, mode="CRD")
    return net.case(net.node("Tanh", net.conv(net.node("Concat", up, x, axis=1), 3, 1)))


def tf_nhwc(opset):
    """A tf2onnx U-Net: NHWC outside, one Transpose in, one out, Softmax on the last axis."""
    net = Network("tf-nhwc", opset)
    x = net.node("Transpose", net.micrograph(1, 9, 12, 1), perm=[0, 3, 1, 2])
    skip = net.node("Relu", net.conv(x, 1, 4, auto_pad="SAME_UPPER", strides=[1, 1]))
    deep = net.node("MaxPool", skip, kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")
    deep = net.node("Relu", net.batch_norm(net.conv(deep, 4, 6, auto_pad="SAME_UPPER"), 6))
    scales = np.float32([1, 1, 2, 2])
    if opset < 9:
        up = net.node("Upsample", deep, mode="nearest", scales=scales.tolist())
    elif opset < 10:
        up = net.node("Upsample", deep, net.weight(scales), mode="nearest")
    elif opset < 11:
        up = net.node("Resize", deep, net.weight(scales), mode="nearest")
    else:
        up = net.node("Resize", deep, net.weight(np.float32([])), net.weight(scales), mode="nearest",
                      nearest_mode="floor", coordinate_transformation_mode="asymmetric")
    up = net.cut(up, 0, 9, 2)  # back from the even height
    logits = net.conv(net.node("Concat", up, skip, axis=1), 10, 3, kernel=1)
    logits = net.node("Transpose", logits, perm=[0, 2, 3, 1])
    return net.case(net.node("Softmax", logits, axis=3 if opset < 13 else -1))


def tf_strided_pad(opset):
    """Keras' ZeroPadding2D before a strided VALID convolution, then a transposed one."""
    net = Network("tf-strided-pad", opset)
    x = net.node("Transpose", net.micrograph(1, 8, 10, 2), perm=[0, 3, 1, 2])
    if opset < 11:
        x = net.node("Pad", x, pads=[0, 0, 0, 0, 0, 0, 1, 1], mode="constant")
    else:
        x = net.node("Pad", x, net.weight(np.int64([0, 0, 0, 0, 0, 0, 1, 1])))
    x = net.node("LeakyRelu", net.conv(x, 2, 4, auto_pad="VALID", strides=[2, 2]), alpha=0.3)
    x = net.up_conv(x, 4, 3)
    return net.case(net.node("Sigmoid", net.node("Transpose", x, perm=[0, 2, 3, 1])))


def tf_dense_head(opset):
    """Mean over the plane, Squeeze, MatMul and Add, broadcast back by Tile: tf's global context."""
    net = Network("tf-dense-head", opset)
    x = net.node("Transpose", net.micrograph(1, 4, 6, 1), perm=[0, 3, 1, 2])
    x = net.node("Relu", net.conv(x, 1, 5))
    pooled = net.squeeze(net.mean(x, 2, 3), 2, 3)
    dense = net.node("Add", net.node("MatMul", pooled, net.weight(net.random(5, 3))),
                     net.weight(net.random(3)))
    tiled = net.node("Tile", net.unsqueeze(dense, 2, 3), net.weight(np.int64([1, 1, 4, 6])))
    return net.case(net.conv(net.node("Concat", x, tiled, axis=1), 8, 2, kernel=1))


GRAPHS = (
    (torch_unet_interpolate, (11, 13, 18)),
    (torch_upsample_floor, (9, 11, 17)),
    (torch_unet_crop, (10, 13)),
    (torch_unet_pad, (11, 17)),
    (torch_group_norm, (9, 17)),
    (torch_residual_unet, (7, 12, 20)),
    (torch_squeeze_excite, (9, 13)),
    (torch_attention_gate, (11, 16)),
    (torch_convnext_block, (13, 18)),
    (torch_expand, (11, 18)),
    (torch_standardised_input, (11, 18)),
    (torch_pixel_shuffle, (11, 23)),
    (tf_nhwc, (8, 9, 10, 13)),
    (tf_strided_pad, (9, 13)),
    (tf_dense_head, (9, 13)),
)


def build():
    for write, opsets in GRAPHS:
        for opset in opsets:
            yield write(opset)
