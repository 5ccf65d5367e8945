"""Trains a small U-Net on simulated micrographs and writes it as ONNX.

Every training image is simulated when it is needed and is seen once; image i of a run depends on the seed and
on i alone. The checkpoint that is kept is the best on held-out simulated images; nothing else chooses it.

    python train.py --out run
    python train.py --out run --export lattice-fringes.onnx     writes the best checkpoint of `run`
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from simulate import draw_conditions, micrograph

FILTERS = (8, 12, 24, 48, 64)  # by level, full resolution first
MAX_FLOP_PER_PIXEL = 20_000
VALIDATION_SEED = 1_000_003  # apart from every training seed
VALIDATION_IMAGES = 96


class Convolutions(nn.Sequential):
    """Twice (3x3 convolution, batch norm, ReLU)."""

    def __init__(self, channels_in, channels):
        steps = []
        for c in (channels_in, channels):
            steps += [nn.Conv2d(c, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
        super().__init__(*steps)


class UNet(nn.Module):
    """(n, 1, h, w) standardised image to (n, 2, h, w) logits; h and w are multiples of 16."""

    def __init__(self, filters=FILTERS):
        super().__init__()
        self.down = nn.ModuleList(Convolutions(a, b) for a, b in zip((1,) + filters[:-1], filters))
        self.up = nn.ModuleList(Convolutions(a + b, b) for a, b in zip(filters[:0:-1], filters[-2::-1]))
        self.last = nn.Conv2d(filters[0], 2, 1)

    def forward(self, x):
        skips = []
        for level in self.down[:-1]:
            skips.append(level(x))
            x = F.max_pool2d(skips[-1], 2)
        x = self.down[-1](x)
        for level, skip in zip(self.up, reversed(skips)):
            x = level(torch.cat([skip, F.interpolate(x, scale_factor=2.0, mode="nearest")], 1))
        return self.last(x)


class Probabilities(nn.Module):
    """What is exported: the softmax belongs to the network, so that nobody has to remember it."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        return self.network(image).softmax(1)


def flop_per_pixel(network, size=256):
    """Floating-point operations of the convolutions (2 per multiply-add, plus biases) per input pixel."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        per_value = 2 * layer.in_channels * layer.kernel_size[0] * layer.kernel_size[1] + 1
        total += per_value * output.numel()  # the batch norm folds into weights and one bias

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 1, size, size))
    for hook in hooks:
        hook.remove()
    return total / size ** 2


def receptive_field(levels=len(FILTERS)):
    """Side of the square of input pixels that one output pixel can depend on, in the widest case."""

    def side(pixel):
        first = last = pixel
        for _ in range(levels - 1):  # back through the decoder: two convolutions, then a nearest upsampling
            first, last = (first - 2) // 2, (last + 2) // 2
        first, last = first - 2, last + 2
        for _ in range(levels - 1):  # back through the encoder: a pooling, then two convolutions
            first, last = 2 * first - 2, 2 * last + 3
        return last - first + 1

    return max(side(pixel) for pixel in range(2 ** (levels - 1)))


class Simulated(torch.utils.data.Dataset):
    """Standardised simulated images; image i depends on (seed, i) only."""

    def __init__(self, seed, count, size, first=0):
        self.seed, self.count, self.size, self.first = seed, count, size, first

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        rng = np.random.default_rng([self.seed, self.first + i])
        image, truth = micrograph(rng, (self.size, self.size), draw_conditions(rng))
        image = (image - image.mean()) / (image.std() + 1e-6)
        return torch.from_numpy(image)[None], torch.from_numpy(truth.astype(np.int64))


def augment(image, rng):
    """Noise and gain that the whole-image preparation of another micrograph could bring."""
    n, _, h, w = image.shape
    grain = int(rng.integers(1, 5))  # noise of cameras with coarser pixels is smooth on this grid
    noise = torch.from_numpy(rng.standard_normal((n, 1, -(-h // grain), -(-w // grain)), np.float32))
    if grain > 1:
        noise = F.interpolate(noise, (h, w), mode="bicubic", align_corners=False)
    # Up to 1.5 times the micrograph's own deviation; every second one is noisy enough as it is.
    sigma = rng.uniform(0, 1.5, (n, 1, 1, 1)) * (rng.random((n, 1, 1, 1)) < 0.5)
    image = image + torch.from_numpy(sigma.astype(np.float32)) * noise
    image = (image - image.mean((2, 3), keepdim=True)) / image.std((2, 3), keepdim=True)
    # A crop's own mean and deviation are not those of the whole micrograph around it.
    gain = torch.from_numpy(rng.uniform(0.75, 1.3, (n, 1, 1, 1)).astype(np.float32))
    offset = torch.from_numpy(rng.normal(0, 0.15, (n, 1, 1, 1)).astype(np.float32))
    return gain * image + offset


def loss_of(logits, truth):
    """Cross-entropy plus soft Dice over the batch (an empty image has no Dice of its own)."""
    particle = logits.softmax(1)[:, 1]
    overlap = (particle * truth).sum()
    dice = (2 * overlap + 1) / (particle.sum() + truth.sum() + 1)
    return F.cross_entropy(logits, truth) + 1 - dice


@torch.no_grad()
def validate(network, batches):
    """Dice over all pixels of the held-out images at a threshold of 0.5."""
    network.eval()
    both = either = 0
    for image, truth in batches:
        found = network(image).argmax(1)
        both += 2 * int((found * truth).sum())
        either += int(found.sum() + truth.sum())
    return both / max(either, 1)


def train(args):
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    os.makedirs(args.out, exist_ok=True)
    network = UNet().to(memory_format=torch.channels_last)
    flop = flop_per_pixel(network)
    print(f"{sum(p.numel() for p in network.parameters())} parameters, {flop:.0f} FLOP per pixel, "
          f"receptive field {receptive_field()} px", flush=True)
    assert flop <= MAX_FLOP_PER_PIXEL
    held_out = list(torch.utils.data.DataLoader(Simulated(VALIDATION_SEED, VALIDATION_IMAGES, 256), 8))
    source = Simulated(args.seed, args.steps * args.batch, args.size)
    loader = torch.utils.data.DataLoader(source, args.batch, num_workers=args.workers)
    optimizer = torch.optim.AdamW(network.parameters(), args.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, args.steps, pct_start=0.05)
    rng = np.random.default_rng([args.seed, 2])
    best, begun, running = -1.0, time.time(), 0.0
    for step, (image, truth) in enumerate(loader, 1):
        network.train()
        loss = loss_of(network(augment(image, rng)), truth)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        running += loss.item()
        if step % args.every == 0 or step == args.steps:
            dice = validate(network, held_out)
            print(f"step {step}/{args.steps} loss {running / args.every:.4f} held-out Dice {dice:.4f} "
                  f"{time.time() - begun:.0f} s", flush=True)
            running = 0.0
            if dice > best:
                best = dice
                torch.save({"network": network.state_dict(), "step": step, "dice": dice},
                           os.path.join(args.out, "best.pt"))


def export(args):
    checkpoint = torch.load(os.path.join(args.out, "best.pt"))
    network = UNet()
    network.load_state_dict(checkpoint["network"])
    axes = {0: "n", 2: "h", 3: "w"}
    torch.onnx.export(Probabilities(network).eval(), (torch.zeros(1, 1, 64, 64),), args.export, dynamo=False,
                      opset_version=17, input_names=["image"], output_names=["probability"],
                      dynamic_axes={"image": axes, "probability": axes})
    print(json.dumps({k: checkpoint[k] for k in ("step", "dice")}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="folder of the checkpoint")
    parser.add_argument("--export", help="write the best checkpoint as this ONNX file and stop")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=256, help="side of a training image in pixels")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--every", type=int, default=100, help="steps between two validations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that simulate")
    arguments = parser.parse_args()
    export(arguments) if arguments.export else train(arguments)
