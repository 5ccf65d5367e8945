#!/usr/bin/env python3
"""Writes what test_train_pytorch.c compares Fringe's training with: 200 steps of a small U-Net in PyTorch.

usage: make_pytorch_fixture.py OUT_DIR        (needs torch, numpy and onnx, all on PyPI; made with torch 2.15.0)

OUT_DIR gets pytorch-start.onnx, the network before the first step; pytorch-end.onnx, the network behind the last
one; and pytorch-losses.txt, the loss before each step. Adam with rate 2e-3, cross-entropy, batches of 2 images of
32 x 32 pixels that test_train_pytorch.c makes by the same whole numbers.
"""
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

WIDTHS, STEPS, COUNT, SIDE, RATE = (4, 8, 16), 200, 2, 32, 2e-3


class UNet(nn.Module):
    """Two units of convolution, norm, ReLU a level; nearest upsampling; skips in front."""

    def __init__(self):
        super().__init__()
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        channels = 1
        for width in WIDTHS:
            self.down.append(self.block(channels, width))
            channels = width
        for width in reversed(WIDTHS[:-1]):
            self.up.append(self.block(width + channels, width))
            channels = width
        self.last = nn.Conv2d(channels, 2, 1)

    @staticmethod
    def block(first, width):
        layers = []
        for channels in (first, width):
            layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        return nn.Sequential(*layers)

    def forward(self, x):
        skips = []
        for i, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if i else x)
            skips.append(x)
        for i, block in enumerate(self.up):
            x = nn.functional.interpolate(x, scale_factor=2, mode="nearest")
            x = block(torch.cat([skips[-2 - i], x], 1))
        return self.last(x)


def batch(step):
    """Stripes under noise: whole numbers only, so that C makes the same bytes."""
    n, y, x = np.meshgrid(np.arange(COUNT), np.arange(SIDE), np.arange(SIDE), indexing="ij")
    index = ((step * COUNT + n) * SIDE + y) * SIDE + x
    noise = (index.astype(np.uint64) * 2654435761 % 2**32 >> 12) % 1024
    label = (x * (step % 5 + 1) + y * (n + 2) + 3 * step) // 12 % 2
    return label.astype(np.int64), (label + noise / 512 - 1.5).astype(np.float32)[:, None]


class Writer:
    """The module as ONNX, the numbers of its norms as they are."""

    def __init__(self):
        self.nodes, self.weights, self.value = [], [], "image"

    def op(self, kind, inputs, tensors=(), **attributes):
        names = []
        for tensor in tensors:
            names.append(f"weight{len(self.weights)}")
            self.weights.append(numpy_helper.from_array(np.asarray(tensor.detach(), np.float32), names[-1]))
        out = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [*inputs, *names], [out], name=out, **attributes))
        return out

    def block(self, block, x):
        for layer in block:
            if isinstance(layer, nn.Conv2d):
                x = self.op("Conv", [x], [layer.weight], kernel_shape=[3, 3], pads=[1] * 4)
            elif isinstance(layer, nn.BatchNorm2d):
                x = self.op("BatchNormalization", [x],
                            [layer.weight, layer.bias, layer.running_mean, layer.running_var], epsilon=layer.eps)
            else:
                x = self.op("Relu", [x])
        return x


def save(net, path):
    w, x, skips = Writer(), "image", []
    for i, block in enumerate(net.down):
        x = w.block(block, w.op("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2]) if i else x)
        skips.append(x)
    for i, block in enumerate(net.up):
        x = w.op("Resize", [x, ""], [torch.tensor([1, 1, 2, 2])], mode="nearest", nearest_mode="floor",
                 coordinate_transformation_mode="asymmetric")
        x = w.block(block, w.op("Concat", [skips[-2 - i], x], axis=1))
    x = w.op("Conv", [x], [net.last.weight, net.last.bias], kernel_shape=[1, 1])
    w.nodes.append(helper.make_node("Softmax", [x], ["probability"], axis=1))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, "H", "W"])
    out = helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["N", 2, "H", "W"])
    model = helper.make_model(helper.make_graph(w.nodes, "unet", [image], [out], w.weights),
                              opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    out = Path(sys.argv[1])
    torch.manual_seed(7)
    torch.set_num_threads(1)
    net = UNet().train()
    save(net, out / "pytorch-start.onnx")
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)
    losses = []
    for step in range(STEPS):
        labels, images = batch(step)
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(net(torch.from_numpy(images)), torch.from_numpy(labels))
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    save(net, out / "pytorch-end.onnx")
    (out / "pytorch-losses.txt").write_text("".join(f"{loss:.9g}\n" for loss in losses))


if __name__ == "__main__":
    main()
