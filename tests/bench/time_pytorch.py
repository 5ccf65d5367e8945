#!/usr/bin/env python3
"""Times a training step of the reference nets in PyTorch.

usage: time_pytorch.py a|b|c THREADS STEPS [SIDE [COUNT]]        (needs torch, on PyPI)

The nets of support/nets.h; Adam, cross-entropy, batch of COUNT (4) images of SIDE (256) pixels squared. Tries both
memory layouts and prints the better one's median and best, and the processor time of all threads for a step.
"""
import statistics
import sys
import time

import torch
from torch import nn


class UNet(nn.Module):
    def __init__(self, widths, transposed):
        super().__init__()
        self.down, self.up, self.transposed = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        channels = 1
        for width in widths:
            self.down.append(self.block(channels, width))
            channels = width
        for width in reversed(widths[:-1]):
            raised = width if transposed else channels
            if transposed:
                self.transposed.append(nn.ConvTranspose2d(channels, width, 2, 2))
            self.up.append(self.block(width + raised, width))
            channels = width
        self.last = nn.Conv2d(channels, 2, 1)

    @staticmethod
    def block(first, width):
        layers = []
        for channels in (first, width):
            layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        return nn.Sequential(*layers)

    def forward(self, x):
        skips = []
        for i, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if i else x)
            skips.append(x)
        for i, block in enumerate(self.up):
            x = self.transposed[i](x) if self.transposed else nn.functional.interpolate(x, scale_factor=2, mode="nearest")
            x = block(torch.cat([skips[-2 - i], x], 1))
        return self.last(x)


def times(net, side, count, steps, layout):
    torch.manual_seed(1)
    width = {"a": 4, "b": 16, "c": 64}[net]
    model = UNet([width << i for i in range(5)], net == "c").to(memory_format=layout)
    images = torch.randn(count, 1, side, side).to(memory_format=layout)
    labels = (images[:, 0] > 0).long()
    optimiser = torch.optim.Adam(model.parameters())
    taken = []
    for i in range(steps + 2):  # the first two take memory and choose kernels
        if i == 2:
            cpu = time.process_time()
        begin = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimiser.step()
        taken.append(1e3 * (time.perf_counter() - begin))
    return taken[2:], 1e3 * (time.process_time() - cpu) / steps


def main():
    net, threads, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    side = int(sys.argv[4]) if len(sys.argv) > 4 else 256
    count = int(sys.argv[5]) if len(sys.argv) > 5 else 4
    torch.set_num_threads(threads)
    layouts = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}
    found = {name: times(net, side, count, steps, layout) for name, layout in layouts.items()}
    name = min(found, key=lambda n: statistics.median(found[n][0]))
    taken, cpu = found[name]
    print(f"PyTorch {torch.__version__} {net}, {name}: median {statistics.median(taken):.1f} ms, "
          f"best {min(taken):.1f} ms, processor time {cpu:.1f} ms")


if __name__ == "__main__":
    main()
